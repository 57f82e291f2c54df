import { Field, VECTOR_LENGTH, type Vector } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { now } from "../host/now";
import { visitAt } from "../identity/visit";
import { engagedMs, watchAttention } from "./attention";
import { readPointer, startPointerPage, watchPointer } from "./pointer";
import { readScrolling, startScrollingPage, watchScrolling } from "./scrolling";

/** The current page view in numbers, in the order of gooddata/vector.json. Counts are kept in it, the rest is read. */
let vector: Vector;
let startedAt: number;
let engagedBefore: number;

export function startPage(): void {
  vector = Array(VECTOR_LENGTH).fill(0) as Vector;
  startedAt = now();
  engagedBefore = engagedMs(startedAt);
  startScrollingPage();
  startPointerPage(startedAt);
}

export function countClick(): void {
  vector[Field.clicks]++;
}

/** Of a key press and of a copy, only that it happened is noticed. */
export function watchBehaviour(): void {
  watchAttention();
  watchScrolling();
  watchPointer();
  listen<KeyboardEvent>(document, "keydown", (event) => {
    if (!event.repeat) vector[Field.keys]++;
  });
  listen(document, "copy", () => vector[Field.copies]++);
  listen(document, "visibilitychange", () => {
    if (document.hidden) vector[Field.hides]++;
  });
}

/** Rounded to a tenth: finer than any of the numbers can be trusted, and half the bytes. */
export function readVector(): Vector {
  const at = now();
  const { started, pages, moves } = visitAt(Date.now());
  vector[Field.engaged_ms] = engagedMs(at) - engagedBefore;
  vector[Field.elapsed_ms] = at - startedAt;
  readScrolling(vector);
  readPointer(vector, at);
  vector[Field.visit_ms] = Date.now() - started;
  vector[Field.visit_pages] = pages;
  vector[Field.visit_history_moves] = moves;
  return vector.map((value) => Math.round(value * 10) / 10) as Vector;
}
