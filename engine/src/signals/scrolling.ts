import { Field, type Vector } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { addShare } from "./vector";

let distance: number;
let last = 0;
let lowest: number;
let height: number;
let view: number;
let leaving: boolean;

export function startScrollingPage(): void {
  distance = height = 0;
  lowest = last;
  leaving = false;
}

/** From now on, what was measured before counts: nobody is to wait for the layout of a page that they leave. */
export function leaveScrollingPage(): void {
  leaving = true;
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
  if (!height || !(leaving || document.hidden)) {
    height = document.documentElement.scrollHeight;
    view = innerHeight;
  }
  vector[Field.scroll_depth] = Math.min(100, ((lowest + view) / height) * 100);
  vector[Field.scroll_distance] = distance;
  vector[Field.document_screens] = height / view;
}
