import { Field } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { notice } from "./notice";

/** So many turns are a shaken mouse; a hand that follows something on the page turns once or twice. */
const THRASH_TURNS = 5;
const THRASH_MS = 1500;
/** Shorter strokes are those of a hand that aims. */
const STROKE_PX = 40;

/** Records a mouse that is shaken to and fro with no button pressed, once a shake. */
export function watchCursorThrash(name: string): void {
  let strokeX = 0;
  let strokeY = 0;
  let turns: number[] = [];
  listen<PointerEvent>("pointermove", ({ movementX, movementY, pointerType, buttons, timeStamp }) => {
    if (pointerType !== "mouse" || buttons) return;
    if (strokeX * movementX + strokeY * movementY < 0) {
      if (Math.hypot(strokeX, strokeY) >= STROKE_PX) turns.push(timeStamp);
      strokeX = strokeY = 0;
    }
    strokeX += movementX;
    strokeY += movementY;
    if (turns.length >= THRASH_TURNS && timeStamp - (turns.shift() as number) <= THRASH_MS) {
      turns = [];
      notice(name, Field.cursor_thrashes);
    }
  });
}
