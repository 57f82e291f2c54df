import { Field } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { addShare } from "./vector";

export function watchPointer(): void {
  let distance: number;
  let movedAt: number;
  let x: number;
  let y: number;
  addShare(
    (vector, at) => {
      vector[Field.pointer_distance] = distance;
      vector[Field.pointer_idle_ms] = at - movedAt;
    },
    (at) => {
      distance = 0;
      movedAt = at;
    },
  );
  listen<PointerEvent>("pointermove pointerdown", ({ clientX, clientY, type, timeStamp }) => {
    // A finger that comes down elsewhere has not travelled there; nor has a pointer before its first event.
    if (type === "pointermove") distance += Math.hypot(clientX - x, clientY - y) || 0;
    movedAt = timeStamp;
    x = clientX;
    y = clientY;
  });
}
