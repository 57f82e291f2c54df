import { Field, type Vector } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { addShare } from "./vector";

let distance: number;
let last: number;
let lowest: number;

export function startScrollingPage(): void {
  last = scrollY;
  distance = lowest = 0;
}

export function scrolledTo(top: number): void {
  distance += Math.abs(top - last);
  last = top;
  lowest = Math.max(lowest, top);
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
  vector[Field.document_screens] = height / innerHeight;
}
