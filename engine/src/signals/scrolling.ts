import { Field, type Vector } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { move, speed, still } from "./motion";
import { addShare } from "./vector";

/** A turn counts once it has gone this far back: less is the bounce of a touchpad or of a browser's edge. */
const REVERSAL_PX = 30;

let motion = still();
let last = 0;
let lowest = 0;
let turns = 0;
let direction = 0;
let turnedAt = 0;

export function startScrollingPage(): void {
  motion = still();
  last = turnedAt = scrollY;
  lowest = turns = direction = 0;
}

export function scrolledTo(top: number, at: number): void {
  move(motion, Math.abs(top - last), at);
  last = top;
  const way = top - turnedAt;
  if (way * direction > 0) turnedAt = top;
  else if (Math.abs(way) >= REVERSAL_PX) {
    if (direction) turns++;
    direction = Math.sign(way);
    turnedAt = top;
  }
}

/** Looks once a frame at most: asking more often would make the browser lay the page out again. */
export function watchScrolling(): void {
  addShare({ start: startScrollingPage, read: readScrolling });
  let looking = false;
  listen(document, "scroll", () => {
    if (looking) return;
    looking = true;
    requestAnimationFrame((at) => {
      looking = false;
      if (scrollY !== last) scrolledTo(scrollY, at);
      lowest = Math.max(lowest, scrollY + innerHeight);
    });
  });
}

export function readScrolling(vector: Vector): void {
  const height = document.documentElement.scrollHeight;
  vector[Field.scroll_depth] = Math.min(100, (Math.max(lowest, scrollY + innerHeight) / height) * 100);
  vector[Field.scroll_speed] = speed(motion);
  vector[Field.scroll_reversals] = turns;
  vector[Field.document_screens] = height / innerHeight;
}
