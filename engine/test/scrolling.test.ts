import { beforeEach, expect, test, vi } from "vitest";
import { Field, VECTOR_LENGTH, type Vector } from "../src/generated/vectorFields";
import { leaveScrollingPage, readScrolling, scrolledTo, startScrollingPage } from "../src/signals/scrolling";

function read(height = 2_000): Vector {
  vi.stubGlobal("innerHeight", 500);
  vi.stubGlobal("document", { documentElement: { scrollHeight: height } });
  const vector = Array(VECTOR_LENGTH).fill(0) as Vector;
  readScrolling(vector);
  return vector;
}

beforeEach(() => {
  scrolledTo(0);
  startScrollingPage();
});

function scroll(...tops: number[]): void {
  for (const top of tops) scrolledTo(top);
}

test("the way up counts as the way down does", () => {
  scroll(100, 300, 200);
  expect(read()[Field.scroll_distance]).toBe(400);
  expect(read()[Field.scroll_depth]).toBe(40);
});

test("what is seen without scrolling counts as depth", () => {
  expect(read()[Field.scroll_depth]).toBe(25);
  expect(read()[Field.document_screens]).toBe(4);
  expect(read(400)[Field.scroll_depth]).toBe(100);
});

test("a page that grows is measured again, but not while it is left, which would make the next one wait", () => {
  scroll(1_500);
  expect(read()[Field.scroll_depth]).toBe(100);
  expect(read(4_000)[Field.scroll_depth]).toBe(50);
  leaveScrollingPage();
  expect(read(8_000)[Field.scroll_depth]).toBe(50);
  startScrollingPage();
  leaveScrollingPage();
  expect(read(8_000)[Field.scroll_depth]).toBe(25);
});
