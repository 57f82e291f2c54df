import { describe, expect, test } from "vitest";
import type { Paths } from "./api/explore";
import { layOut } from "./ribbons";

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
