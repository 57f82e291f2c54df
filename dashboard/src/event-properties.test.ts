import { describe, expect, it } from "vitest";
import {
  bucketInWords,
  MOST_CONDITIONS,
  numberInWords,
  parseCondition,
  printCondition,
  propertyInWords,
  valueInWords,
  withCondition,
} from "./event-properties";

describe("conditions", () => {
  it("are read as they are written, values with equals signs, too", () => {
    expect(parseCondition("colour==red")).toEqual({ property: "colour", value: "red" });
    expect(parseCondition("a==b==c")).toEqual({ property: "a", value: "b==c" });
    expect(printCondition({ property: "a", value: "b==c" })).toBe("a==b==c");
    expect(parseCondition("colour=red")).toBeNull();
    expect(parseCondition("==red")).toBeNull();
  });

  it("of a property take the place of the one before", () => {
    expect(withCondition(["a==1", "b==2"], "a", 3)).toEqual(["b==2", "a==3"]);
    expect(withCondition([], "gift", true)).toEqual(["gift==true"]);
  });

  it("are no more than may be combined", () => {
    const full = Array.from({ length: MOST_CONDITIONS }, (_, at) => `p${at}==1`);
    expect(withCondition(full, "other", "x")).toBeNull();
    expect(withCondition(full, "p0", "x")).toHaveLength(MOST_CONDITIONS);
  });
});

describe("words", () => {
  it("tell values apart", () => {
    expect([true, false, "", 2.5, 1_234_567].map(valueInWords)).toEqual(["yes", "no", "(empty)", "2.5", "1.2M"]);
    expect(propertyInWords("engaged_ms")).toBe("engaged time (ms)");
    expect(propertyInWords("colour")).toBe("colour");
  });

  it("have the digits that say something", () => {
    expect([21.37917, 0.0123456, 2052.4, -0.5, 0].map(numberInWords)).toEqual([
      "21.38",
      "0.0123",
      "2,052.4",
      "-0.5",
      "0",
    ]);
  });

  it("name buckets", () => {
    expect(bucketInWords({ from: 1, to: 2, count: 3 }, true)).toBe("1");
    expect(bucketInWords({ from: 1, to: 2, count: 3 }, false)).toBe("1 to 2");
    expect(bucketInWords({ from: null, to: 10, count: 3 }, true)).toBe("below 10");
    expect(bucketInWords({ from: 40, to: null, count: 3 }, true)).toBe("40 and more");
  });
});
