import { describe, expect, test } from "vitest";
import type { SavedSegment } from "./api/segments";
import { type Filter, parseFilter } from "./filters";
import { askedOf, draftOf, EMPTY, filtersInWords, filtersOf, windowStart, withinDays } from "./segment-draft";

const filters = ["conversion>=0.6", "page~/a\\|b"].map((text) => parseFilter(text) as Filter);
const saved: SavedSegment = {
  segment: "id",
  name: "Likely",
  filters: ["conversion>=0.6", "page~/a\\|b"],
  days: 7,
  made_at: 1,
  made_by: null,
  changed_at: null,
  changed_by: null,
};

describe("a segment", () => {
  test("is saved with the filters above", () => {
    expect(askedOf({ ...EMPTY, name: " Likely " }, filters)).toEqual({
      name: "Likely",
      days: 30,
      filters: saved.filters,
    });
  });

  test.each([
    ["without a name", { ...EMPTY, name: "  " }, filters],
    ["without a filter", { ...EMPTY, name: "x" }, []],
    ["without a day", { ...EMPTY, name: "x", days: "0" }, filters],
    ["with part of a day", { ...EMPTY, name: "x", days: "1.5" }, filters],
    ["with too many days", { ...EMPTY, name: "x", days: "91" }, filters],
    ["with no number of days", { ...EMPTY, name: "x", days: "" }, filters],
  ])("%s is not saved", (_, draft, given) => {
    expect(askedOf(draft, given)).toBeNull();
  });

  test("is changed as it was saved", () => {
    expect(askedOf(draftOf(saved), filtersOf(saved))).toEqual({ name: "Likely", filters: saved.filters, days: 7 });
    expect(draftOf(saved).segment).toBe("id");
  });

  test("is said in words", () => {
    expect(filtersInWords([...saved.filters, "campaign==", "colour==red"])).toBe(
      "chance to convert at least 0.6, page contains /a|b, campaign is (none), colour==red",
    );
    expect([withinDays(1), withinDays(30)]).toEqual(["today", "within 30 days"]);
  });

  test("looks back whole days", () => {
    const now = Date.UTC(2026, 10, 20, 15, 30);
    expect(windowStart(1, now)).toBe(Date.UTC(2026, 10, 20));
    expect(windowStart(30, now)).toBe(Date.UTC(2026, 9, 22));
  });
});
