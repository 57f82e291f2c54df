import { Field, type Vector } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { move, speed, still } from "./motion";

let motion = still();
let startedAt = 0;
let x: number;
let y: number;

export function startPointerPage(at: number): void {
  motion = still();
  startedAt = at;
}

export function watchPointer(): void {
  listen<PointerEvent>(document, "pointermove pointerdown", ({ clientX, clientY, type, timeStamp }) => {
    // A finger that comes down elsewhere has not travelled there; nor has a pointer before its first event.
    move(motion, type === "pointermove" ? Math.hypot(clientX - x, clientY - y) || 0 : 0, timeStamp);
    x = clientX;
    y = clientY;
  });
}

export function readPointer(vector: Vector, at: number): void {
  vector[Field.pointer_distance] = motion.px;
  vector[Field.pointer_speed] = speed(motion);
  vector[Field.pointer_idle_ms] = Math.max(0, at - Math.max(motion.at, startedAt));
}
