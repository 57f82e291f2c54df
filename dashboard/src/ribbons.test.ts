import { describe, expect, test } from "vitest";
import type { Paths } from "./api/explore";
import { averages } from "./cohorts";
import { layOut } from "./ribbons";
import { parseStep, printStep, stepInWords } from "./steps";

const paths: Paths = {
  anchor: "page==/",
  direction: "after",
  sessions: 100,
  levels: [
    {
      links: [
        { value: "/a", sessions: 60 },
        { value: null, sessions: 30 },
        { value: "", sessions: 10 },
      ],
    },
    {
      links: [
        { from: "/a", value: null, sessions: 40 },
        { from: "/a", value: "/b", sessions: 20 },
        { from: "", value: "/b", sessions: 10 },
      ],
    },
  ],
};

describe("a diagram of paths", () => {
  const { nodes, ribbons } = layOut(paths);

  test("has each page once in its column, ends and others below", () => {
    expect(nodes.filter(({ level }) => level === 1).map(({ name }) => name)).toEqual(["/a", "other pages", "left"]);
    expect(nodes.filter(({ level }) => level === 2).map(({ name, sessions }) => [name, sessions])).toEqual([
      ["/b", 30],
      ["left", 40],
    ]);
  });

  test("has ribbons that fill what they come from and go to, and do not overlap", () => {
    expect(ribbons).toHaveLength(6);
    const fromA = ribbons.filter(({ key }) => key.startsWith("1 /a"));
    const a = nodes.find(({ name }) => name === "/a");
    expect(fromA.reduce((sum, { breadth }) => sum + breadth, 0)).toBeCloseTo(a?.height ?? 0);
    expect(fromA[1]?.y0).toBeCloseTo((fromA[0]?.y0 ?? 0) + (fromA[0]?.breadth ?? 0));
  });
});

test("steps are read, written and said", () => {
  for (const text of ["page==/pricing", "event~add", "goal==Order Completed", "page==/a|/b"]) {
    expect(printStep(parseStep(text) ?? { dimension: "page", operator: "==", value: "" })).toBe(text);
  }
  expect(parseStep("source==google")).toBeNull();
  expect(parseStep("page!=/")).toBeNull();
  expect(parseStep("page==")).toBeNull();
  expect(stepInWords("event~add")).toBe("event that contains add");
});

test("the average of cohorts leaves the running period out", () => {
  const cohorts = [
    { start: 0, visitors: 100, returned: [100, 20, 3] },
    { start: 1, visitors: 300, returned: [300, 30] },
    { start: 2, visitors: 50, returned: [50] },
  ];
  expect(averages(cohorts)).toEqual([1, 20 / 100, null]);
});
