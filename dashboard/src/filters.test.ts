import { describe, expect, test } from "vitest";
import { type Filter, filterInWords, opposite, parseFilter, printFilter, withFilter } from "./filters";

const google: Filter = { dimension: "source", operator: "==", values: ["google", "bing"] };

describe("a filter", () => {
  test.each([
    ["source==google|bing", google],
    ["page~/blog/", { dimension: "page", operator: "~", values: ["/blog/"] }],
    ["event!~add", { dimension: "event", operator: "!~", values: ["add"] }],
    ["page==/a?x==1", { dimension: "page", operator: "==", values: ["/a?x==1"] }],
    ["campaign!=a\\|b|c\\\\|", { dimension: "campaign", operator: "!=", values: ["a|b", "c\\", ""] }],
    ["source==", { dimension: "source", operator: "==", values: [""] }],
  ])("%s is read and written", (text, filter) => {
    expect(parseFilter(text)).toEqual(filter);
    expect(printFilter(filter as Filter)).toBe(text);
  });

  test.each(["", "page", "page=/", "shoe==1", "PAGE==1"])("%j is none", (text) => {
    expect(parseFilter(text)).toBeNull();
  });

  test("is said in words, and turned round", () => {
    expect(filterInWords(google)).toEqual(["source", "is", "google or bing"]);
    expect(opposite(opposite(google))).toEqual(google);
    expect(printFilter(opposite(google))).toBe("source!=google|bing");
  });

  test("takes the place of one that says the same of the same", () => {
    const direct: Filter = { ...google, values: ["direct"] };
    const other: Filter = { dimension: "page", operator: "==", values: ["/"] };
    expect(withFilter([google, other], direct)).toEqual([other, direct]);
    expect(withFilter([opposite(google)], direct)).toHaveLength(2);
  });
});
