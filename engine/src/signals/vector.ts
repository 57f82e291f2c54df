import { Field, VECTOR_LENGTH, type Vector } from "../generated/vectorFields";
import { now } from "../host/now";
import { currentVisit } from "../identity/visit";

/** The current page view in numbers, in the order of gooddata/vector.json. Counts are kept in it, the rest is read. */
let vector: Vector;
let startedAt: number;
let starts: ((at: number) => void)[];
let reads: ((vector: Vector, at: number) => void)[];

/** The vector of a page view that nothing fills yet. */
export function openVector(): void {
  starts = [];
  reads = [];
  startPage();
}

/** A signal's share in it: what to do when its numbers are asked for, and when a page view begins. */
export function addShare(read: (typeof reads)[number], start?: (typeof starts)[number]): void {
  reads.push(read);
  if (start) onPage(start);
}

/** Does something for this page view, and when another begins. */
export function onPage(start: (typeof starts)[number]): void {
  starts.push(start);
  start(startedAt);
}

export function startPage(): void {
  vector = Array(VECTOR_LENGTH).fill(0) as Vector;
  startedAt = now();
  for (const start of starts) start(startedAt);
}

export function count(field: Field, by = 1): void {
  vector[field] += by;
}

/** Rounded to a tenth: finer than any of the numbers can be trusted, and half the bytes. */
export function readVector(): Vector {
  const at = now();
  const { started, seen, pages } = currentVisit();
  for (const read of reads) read(vector, at);
  vector[Field.elapsed_ms] = at - startedAt;
  vector[Field.visit_ms] = seen - started;
  vector[Field.visit_pages] = pages;
  return vector.map((value) => Math.round(value * 10) / 10) as Vector;
}
