import { describe, expect, test } from "vitest";
import {
  type Filter,
  filterInWords,
  operatorsOf,
  opposite,
  parseFilter,
  printFilter,
  typedValue,
  withFilter,
} from "./filters";

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

  test.each([
    ["views>=3", { dimension: "views", operator: ">=", values: ["3"] }],
    ["leave_30s<0.2", { dimension: "leave_30s", operator: "<", values: ["0.2"] }],
    ["revenue<=-12.5", { dimension: "revenue", operator: "<=", values: ["-12.5"] }],
  ])("%s compares with a number", (text, filter) => {
    expect(parseFilter(text)).toEqual(filter);
    expect(printFilter(filter as Filter)).toBe(text);
  });

  test.each(["views==3", "page>=3", "views>=", "views>=3|4", "views>=1e3", "conversion>nan", "toString>=1"])(
    "%j compares nothing",
    (text) => {
      expect(parseFilter(text)).toBeNull();
    },
  );

  test.each([
    ["views", " 3 ", "3"],
    ["conversion", ".6", "0.6"],
    ["revenue", "1e2", "100"],
    ["revenue", "0.10000001", "0.1"],
    ["views", "100", "100"],
    ["views", "", null],
    ["views", "many", null],
    ["views", "1e13", null],
    ["page", " /a ", "/a"],
    ["page", " ", null],
  ] as const)("of %s, %j typed is %j", (dimension, typed, expected) => {
    expect(typedValue(dimension, typed)).toBe(expected);
  });

  test("by number is said in words, and turned round", () => {
    const likely = parseFilter("conversion>=0.6") as Filter;
    expect(filterInWords(likely)).toEqual(["chance to convert", "at least", "0.6"]);
    expect(printFilter(opposite(likely))).toBe("conversion<0.6");
    for (const operator of operatorsOf("views")) {
      const filter: Filter = { dimension: "views", operator, values: ["3"] };
      expect(opposite(opposite(filter))).toEqual(filter);
    }
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
