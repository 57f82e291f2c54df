import { Field, VECTOR_LENGTH, type Vector } from "../generated/vectorFields";
import { now } from "../host/now";
import { visitAt } from "../identity/visit";

/** A signal's share in the vector: `start` when a page view begins, `read` when its numbers are asked for. */
export interface Share {
  start?(at: number): void;
  read?(vector: Vector, at: number): void;
}

/** The current page view in numbers, in the order of gooddata/vector.json. Counts are kept in it, the rest is read. */
let vector: Vector;
let startedAt: number;
let shares: Share[] = [];

/** A vector that nothing fills yet. */
export function openVector(): void {
  shares = [];
}

export function addShare(share: Share): void {
  shares.push(share);
}

export function startPage(): void {
  vector = Array(VECTOR_LENGTH).fill(0) as Vector;
  startedAt = now();
  for (const share of shares) share.start?.(startedAt);
}

export function count(field: Field, by = 1): void {
  vector[field] += by;
}

/** Rounded to a tenth: finer than any of the numbers can be trusted, and half the bytes. */
export function readVector(): Vector {
  const at = now();
  const { started, pages, moves } = visitAt(Date.now());
  for (const share of shares) share.read?.(vector, at);
  vector[Field.elapsed_ms] = at - startedAt;
  vector[Field.visit_ms] = Date.now() - started;
  vector[Field.visit_pages] = pages;
  vector[Field.visit_history_moves] = moves;
  return vector.map((value) => Math.round(value * 10) / 10) as Vector;
}
