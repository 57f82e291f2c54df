/** Where the pages and ribbons of a diagram of paths are. */

import type { Paths } from "./api/explore";
import { stepInWords } from "./steps";

export interface Node {
  level: number;
  /** Null: the visit ends here (or began); "": all other pages. */
  value: string | null;
  name: string;
  sessions: number;
  x: number;
  y: number;
  height: number;
}

export interface Ribbon {
  key: string;
  isEnd: boolean;
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  breadth: number;
}

const COLUMN = 240;
const BAR = 6;
const GAP = 10;
const LEAST = 20;
const HEIGHT = 340;

export function named(value: string | null, direction: "after" | "before"): string {
  if (value === null) return direction === "after" ? "left" : "came in here";
  return value === "" ? "other pages" : value;
}

/** Columns from left to right, the anchor first; of each the largest on top, ends and others below. */
export function layOut(paths: Paths): { nodes: Node[]; ribbons: Ribbon[]; width: number; height: number } {
  const scale = HEIGHT / Math.max(1, paths.sessions);
  const tall = (sessions: number) => sessions * scale;
  const anchor: Node = {
    level: 0,
    value: "",
    name: stepInWords(paths.anchor),
    sessions: paths.sessions,
    x: 0,
    y: 0,
    height: Math.max(LEAST, tall(paths.sessions)),
  };
  const columns: Node[][] = [[anchor]];
  for (const [index, { links }] of paths.levels.entries()) {
    columns.push(column(links, index + 1, paths.direction, tall));
  }
  const ribbons: Ribbon[] = [];
  for (const [index, { links }] of paths.levels.entries()) {
    const before = columns[index] ?? [];
    const after = columns[index + 1] ?? [];
    const left = new Map(before.map((node) => [node.value, node.y]));
    const right = new Map(after.map((node) => [node.value, node.y]));
    for (const node of before) {
      for (const target of after) {
        const link = links.find((each) => (index === 0 ? "" : each.from) === node.value && each.value === target.value);
        if (!link) continue;
        const breadth = tall(link.sessions);
        const y0 = left.get(node.value) ?? 0;
        const y1 = right.get(target.value) ?? 0;
        left.set(node.value, y0 + breadth);
        right.set(target.value, y1 + breadth);
        ribbons.push({
          key: `${index} ${node.value} ${target.value}`,
          isEnd: target.value === null,
          x0: node.x + BAR,
          y0,
          x1: target.x,
          y1,
          breadth,
        });
      }
    }
  }
  const nodes = columns.flat();
  return {
    nodes,
    ribbons,
    width: COLUMN * columns.length - (COLUMN - 210),
    height: Math.max(...nodes.map((node) => node.y + node.height)) + GAP,
  };
}

function column(
  links: Paths["levels"][number]["links"],
  level: number,
  direction: "after" | "before",
  tall: (sessions: number) => number,
): Node[] {
  const sizes = new Map<string | null, number>();
  for (const link of links) sizes.set(link.value, (sizes.get(link.value) ?? 0) + link.sessions);
  const rank = (value: string | null) => (value === null ? 2 : value === "" ? 1 : 0);
  const ordered = [...sizes].sort(([a, m], [b, n]) => rank(a) - rank(b) || n - m);
  let y = 0;
  return ordered.map(([value, sessions]) => {
    const height = Math.max(LEAST, tall(sessions));
    const node = { level, value, name: named(value, direction), sessions, x: level * COLUMN, y, height };
    y += height + GAP;
    return node;
  });
}
