import { expect, test } from "vitest";
import { driftRows } from "./drift-rows";

const DRIFT = {
  sessions: 300,
  reason: null,
  drifted: ["score"],
  features: [
    { name: "score", psi: 0.8, limit: 0.4 },
    { name: "hour", psi: 0.5, limit: 0.4 },
    { name: "adds", psi: 0.1, limit: 0.25 },
    { name: "paths", psi: 0, limit: 0.25 },
  ],
};

test("all are on one scale, with the limit of each", () => {
  const rows = driftRows(DRIFT, 3);
  expect(rows.map(({ length, limit }) => [length, limit])).toEqual([
    [1, 0.5],
    [0.625, 0.5],
    [0.125, 0.3125],
  ]);
  expect(rows.map(({ name, words, drifted }) => [name, words, drifted])).toEqual([
    ["what it predicts", "0.80, beyond 0.40", true],
    ["hour", "0.50, follows the calendar; beyond 0.40", false],
    ["adds", "0.10, below 0.25", false],
  ]);
});

test("nothing to draw is nothing, and one that has not moved at all has no length", () => {
  expect(driftRows({ ...DRIFT, features: [] }, 3)).toEqual([]);
  expect(driftRows({ ...DRIFT, features: [{ name: "a", psi: 0, limit: 0 }] }, 3)[0]?.length).toBe(0);
});
