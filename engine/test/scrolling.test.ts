import { beforeEach, expect, test, vi } from "vitest";
import { Field, VECTOR_LENGTH, type Vector } from "../src/generated/vectorFields";
import { readScrolling, scrolledTo, startScrollingPage } from "../src/signals/scrolling";

function read(scrollY: number, height = 2_000): Vector {
  vi.stubGlobal("scrollY", scrollY);
  vi.stubGlobal("innerHeight", 500);
  vi.stubGlobal("document", { documentElement: { scrollHeight: height } });
  const vector = Array(VECTOR_LENGTH).fill(0) as Vector;
  readScrolling(vector);
  return vector;
}

beforeEach(() => {
  vi.stubGlobal("scrollY", 0);
  startScrollingPage();
});

function scroll(...tops: number[]): void {
  for (const top of tops) scrolledTo(top);
}

test("the way up counts as the way down does", () => {
  scroll(100, 300, 200);
  expect(read(200)[Field.scroll_distance]).toBe(400);
  expect(read(200)[Field.scroll_depth]).toBe(40);
});

test("what is seen without scrolling counts as depth", () => {
  expect(read(0)[Field.scroll_depth]).toBe(25);
  expect(read(0)[Field.document_screens]).toBe(4);
  expect(read(0, 400)[Field.scroll_depth]).toBe(100);
});
