import { beforeEach, expect, test, vi } from "vitest";

let box: typeof import("../src/delivery/outbox");

beforeEach(async () => {
  vi.resetModules();
  box = await import("../src/delivery/outbox");
});

function add(count: number, size = 10, context = "{}", visitor = "v"): void {
  for (let n = 0; n < count; n++) box.add(visitor, context, "x".repeat(size));
}

test("events share a batch until it is full", () => {
  add(box.BATCH_EVENTS + 1);
  expect(box.outbox.map((batch) => batch.events.length)).toEqual([box.BATCH_EVENTS, 1]);
});

test("a batch has one context and one visitor", () => {
  add(2);
  add(2, 10, '{"page":2}');
  add(1, 10, '{"page":2}', "w");
  expect(box.outbox.map((batch) => batch.events.length)).toEqual([2, 2, 1]);
});

test("a sealed batch takes no more events", () => {
  add(1);
  for (const batch of box.outbox) batch.sealed = true;
  add(1);
  expect(box.outbox.map((batch) => batch.events.length)).toEqual([1, 1]);
});

test("a batch stays below its size where its events are", () => {
  add(4, 12_000);
  expect(box.outbox.map((batch) => batch.events.length)).toEqual([2, 2]);
  add(1, box.BATCH_SIZE + 1);
  expect(box.outbox.map((batch) => batch.events.length)).toEqual([2, 2, 1]);
});

test("the outbox is bounded: the oldest that is not under way goes first, and is counted", () => {
  add(1, 1_000, '{"first":1}');
  for (const batch of box.outbox) batch.underWay = true;
  add(100, 10_000);
  expect(box.outbox[0]?.context).toBe('{"first":1}');
  expect(box.outbox.reduce((sum, batch) => sum + batch.weight, 0)).toBeLessThanOrEqual(box.OUTBOX_SIZE);
  const kept = box.outbox.reduce((sum, batch) => sum + batch.events.length, 0);
  const [first] = box.outbox;
  expect(kept + (first ? box.reportDropped(first) : 0)).toBe(101);
});

test("an event larger than the outbox is still tried once", () => {
  add(1, box.OUTBOX_SIZE * 2);
  expect(box.outbox.length).toBe(1);
});

test("a batch is split in the place where it stood, until one event is left", () => {
  add(3);
  add(1, 10, '{"next":1}');
  const [first] = box.outbox;
  if (first) box.split(first);
  expect(box.outbox.map((batch) => batch.events.length)).toEqual([1, 2, 1]);
  const [single] = box.outbox;
  if (single) box.split(single);
  expect(box.outbox.map((batch) => batch.events.length)).toEqual([2, 1]);
  const [half, other] = box.outbox;
  expect([half, other].map((batch) => batch && box.reportDropped(batch))).toEqual([1, 0]);
});
