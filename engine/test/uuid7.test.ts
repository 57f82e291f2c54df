import { expect, test } from "vitest";
import { uuid7 } from "../src/identity/uuid7";

const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("an id has the form of version 7 and begins with its millisecond", () => {
  const ms = Date.UTC(2026, 10, 23);
  const id = uuid7(ms);
  expect(id).toMatch(FORM);
  expect(Number.parseInt(id.replace("-", "").slice(0, 12), 16)).toBe(ms);
});

test("ids of one millisecond sort in the order they were made, beyond the counter's end", () => {
  const ids = Array.from({ length: 10_000 }, () => uuid7(Date.UTC(2026, 10, 24)));
  expect(ids.every((id) => FORM.test(id))).toBe(true);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test("a clock that is set back does not set ids back", () => {
  const before = uuid7(Date.UTC(2026, 10, 25));
  expect(uuid7(Date.UTC(2026, 10, 1)) > before).toBe(true);
});
