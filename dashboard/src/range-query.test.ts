import { expect, test } from "vitest";
import { rangeFrom, rangeParts } from "./range-query";

const read = (query: string) => rangeFrom(new URLSearchParams(query));

test("a range survives the way into the URL and back", () => {
  for (const range of [{ name: "7d" }, { name: "all" }, { name: "custom", from: 1000, to: 2000 }] as const) {
    const parts = Object.entries(rangeParts(range)).filter(([, value]) => value !== null) as [string, string][];
    expect(read(new URLSearchParams(parts).toString())).toEqual(range);
  }
});

test("a custom range is read from ISO times and from epoch milliseconds", () => {
  expect(read("from=1970-01-01T00:00:01Z&to=2000")).toEqual({ name: "custom", from: 1000, to: 2000 });
});

test("a range that makes no sense is no range", () => {
  for (const query of ["", "range=fortnight", "range=custom", "range=custom&from=x", "from=2000&to=1000"]) {
    expect(read(query)).toBeNull();
  }
});
