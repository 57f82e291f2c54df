import { expect, test } from "vitest";
import { importanceInWords, importanceRows, withoutWeight } from "./importance";

const one = (feature: string, increase: number, spread: number) => ({
  feature,
  meaning: `${feature}!`,
  increase,
  spread,
});
const TOLD = {
  examples: 900,
  of: 100,
  repeats: 5,
  log_loss: 0.4,
  features: [
    { ...one("vector", 0.3, 0.1), parts: [one("vector.clicks", 0.2, 0.01), one("vector.lcp_ms", 0.001, 0.01)] },
    one("adds", 0.1, 0.02),
    one("paths", 0.01, 0.02),
    one("hour", 0, 0),
    one("weekday", -0.02, 0.001),
  ],
};

test("bars are as long as what log loss loses, with parts below what they belong to", () => {
  const rows = importanceRows(TOLD, true);
  expect(rows.map(({ feature, of }) => [feature, of])).toEqual([
    ["vector", null],
    ["vector.clicks", "vector"],
    ["adds", null],
  ]);
  expect(rows[0]).toMatchObject({ meaning: "vector!", high: 1, words: "0.3000 ± 0.1000" });
  expect(rows[0]?.length).toBeCloseTo(0.75);
  expect(rows[0]?.low).toBeCloseTo(0.5);
  expect(rows[2]?.length).toBeCloseTo(0.25);
});

test("what the spread hides is only counted", () => {
  expect(withoutWeight(TOLD)).toBe(3);
  expect(importanceRows({ ...TOLD, features: TOLD.features.slice(2) }, true)).toEqual([]);
});

test("at first there are six features, and three parts of each", () => {
  const parts = ["a", "b", "c", "d"].map((name) => one(name, 0.1, 0.01));
  const features = [
    { ...one("vector", 0.3, 0.1), parts },
    ...Array.from({ length: 9 }, (_, n) => one(`f${n}`, 0.1, 0)),
  ];
  const names = (isWhole: boolean) => importanceRows({ ...TOLD, features }, isWhole).map(({ feature }) => feature);
  expect(names(false)).toEqual(["vector", "a", "b", "c", "f0", "f1", "f2", "f3", "f4"]);
  expect(names(true)).toHaveLength(14);
});

test("it is told what gets worse, and of what it is", () => {
  expect(importanceInWords(TOLD)).toContain("its log loss gets on 900 held-out examples");
  expect(importanceInWords({ ...TOLD, measure: "MRR@20" })).toContain("By how much MRR@20 falls on 900");
  const { repeats: _, ...programs } = { ...TOLD, measure: "score", examples: 1 };
  expect(importanceInWords(programs)).toContain("score of 1 session that it takes for programs");
});
