import { expect, test } from "vitest";
import { runsOf } from "./timeline";

const at = (t: number, name: string, path = "/") => ({ t, type: "track", name, path });

test("the same event in a row is one line with a number, in the order of time", () => {
  const entries = [at(3, "$engagement"), at(1, "$click"), at(2, "$engagement"), at(4, "$engagement", "/cart")];
  expect(runsOf(entries).map(({ entry, times }) => [entry.name, entry.path, times])).toEqual([
    ["$click", "/", 1],
    ["$engagement", "/", 2],
    ["$engagement", "/cart", 1],
  ]);
});
