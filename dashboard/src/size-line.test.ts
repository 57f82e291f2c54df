import { describe, expect, test } from "vitest";
import { DAY } from "./range";
import { sizeLineOf } from "./size-line";

const t = [0, 1, 2].map((day) => Date.UTC(2026, 10, 18) + day * DAY);

describe("the size of a segment by day", () => {
  test("is a line from zero to the greatest", () => {
    const line = sizeLineOf({ t, visitors: [10, 0, 5] }, 102, 22, 1);
    expect(line.path).toBe("M1 1L51 21L101 11");
    expect(line.now).toBe(5);
    expect(line.words).toMatch(/^from 10 on .*18.* to 5 today, 10 at most$/);
  });

  test("says what is missing", () => {
    const partial = { since: Date.UTC(2026, 10, 17), behind_hours: 3 };
    expect(sizeLineOf({ t, visitors: [1, 1, 1], partial }, 102, 22, 1).words).toMatch(
      /1 at most; what was before .*17.* is past its term; 3 hours of it are still being counted$/,
    );
  });

  test("of nobody is flat", () => {
    expect(sizeLineOf({ t, visitors: [0, 0, 0] }, 102, 22, 1).path).toBe("M1 21L51 21L101 21");
  });

  test("of one day, or none, is no line", () => {
    expect(sizeLineOf({ t: t.slice(0, 1), visitors: [3] }, 102, 22, 1)).toMatchObject({ path: "", now: 3 });
    expect(sizeLineOf({ t: [], visitors: [] }, 102, 22, 1)).toEqual({ path: "", words: "not known", now: 0 });
  });
});
