import { beforeEach, expect, test, vi } from "vitest";

let attention: typeof import("../src/signals/attention");

beforeEach(async () => {
  vi.resetModules();
  attention = await import("../src/signals/attention");
  attention.setPresent(true, 0);
  attention.signOfLife(0);
});

test("time counts while the visitor is there and until the attention time after a sign of life", () => {
  expect(attention.engagedMs(4_000)).toBe(4_000);
  expect(attention.engagedMs(60_000)).toBe(attention.ATTENTION_MS);
});

test("a sign of life after a pause counts from itself on", () => {
  attention.signOfLife(60_000);
  expect(attention.engagedMs(61_000)).toBe(attention.ATTENTION_MS + 1_000);
});

test("time away does not count, however lively", () => {
  attention.setPresent(false, 1_000);
  attention.signOfLife(2_000);
  attention.setPresent(true, 5_000);
  expect(attention.engagedMs(6_000)).toBe(2_000);
});

test("being asked often changes nothing", () => {
  for (let at = 0; at <= 20_000; at += 7) attention.engagedMs(at);
  expect(attention.engagedMs(20_000)).toBe(attention.ATTENTION_MS);
});
