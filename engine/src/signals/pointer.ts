import { Field, type Vector } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { move, speed, still } from "./motion";
import { addShare } from "./vector";

let motion = still();
let startedAt = 0;
let x: number;
let y: number;

function start(at: number): void {
  motion = still();
  startedAt = at;
}

export function watchPointer(): void {
  addShare({ start, read });
  listen<PointerEvent>(document, "pointermove pointerdown", ({ clientX, clientY, type, timeStamp }) => {
    // A finger that comes down elsewhere has not travelled there; nor has a pointer before its first event.
    move(motion, type === "pointermove" ? Math.hypot(clientX - x, clientY - y) || 0 : 0, timeStamp);
    x = clientX;
    y = clientY;
  });
}

function read(vector: Vector, at: number): void {
  vector[Field.pointer_distance] = motion.px;
  vector[Field.pointer_speed] = speed(motion);
  vector[Field.pointer_idle_ms] = Math.max(0, at - Math.max(motion.at, startedAt));
}
