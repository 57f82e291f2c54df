import { Field, type Vector } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { addShare } from "./vector";

/** A turn counts once it has gone this far back: less is the bounce of a touchpad or of a browser's edge. */
const REVERSAL_PX = 30;

let distance: number;
let last: number;
let lowest: number;
let turns: number;
let direction: number;
let turnedAt: number;

export function startScrollingPage(): void {
  last = turnedAt = scrollY;
  distance = lowest = turns = direction = 0;
}

export function scrolledTo(top: number): void {
  distance += Math.abs(top - last);
  last = top;
  lowest = Math.max(lowest, top);
  const way = top - turnedAt;
  if (way * direction > 0) turnedAt = top;
  else if (Math.abs(way) >= REVERSAL_PX) {
    if (direction) turns++;
    direction = Math.sign(way);
    turnedAt = top;
  }
}

/** Browsers tell of scrolling once a frame. */
export function watchScrolling(): void {
  addShare(readScrolling, startScrollingPage);
  listen("scroll", () => scrolledTo(scrollY));
}

export function readScrolling(vector: Vector): void {
  const height = document.documentElement.scrollHeight;
  vector[Field.scroll_depth] = Math.min(100, ((Math.max(lowest, scrollY) + innerHeight) / height) * 100);
  vector[Field.scroll_distance] = distance;
  vector[Field.scroll_reversals] = turns;
  vector[Field.document_screens] = height / innerHeight;
}
