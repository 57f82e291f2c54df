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

test("a turn is counted once it has gone far enough", () => {
  scroll(100, 300, 200, 100, 150, 400);
  expect(read(400)[Field.scroll_reversals]).toBe(2);
});

test("the bounce at an edge is no turn", () => {
  scroll(500, 520, 510, 515, 505, 512, 600, 900);
  expect(read(900)[Field.scroll_reversals]).toBe(0);
});

test("what is seen without scrolling counts as depth", () => {
  expect(read(0)[Field.scroll_depth]).toBe(25);
  expect(read(0)[Field.document_screens]).toBe(4);
  expect(read(0, 400)[Field.scroll_depth]).toBe(100);
});
