import { describe, expect, it } from "vitest";
import { elementInWords, readInWords, sentShare, vitalInWords } from "./behaviour";

const FORM = { page: "/", form: "form:1", started: 0, submitted: 0, abandoned: 0, sessions: 0, left_at: [] };

describe("elements", () => {
  it("are told apart from those around them", () => {
    expect(elementInWords("form#order>div:2>button:1", "?", "page")).toEqual({
      around: "form#order › div:2 › ",
      itself: "button:1",
      isWords: false,
    });
    expect(elementInWords("button#buy", "?", "page")).toEqual({ around: "", itself: "button#buy", isWords: false });
  });

  it("without a path are named in words", () => {
    expect(elementInWords(null, "somewhere", "the page")).toEqual({ around: "", itself: "somewhere", isWords: true });
    expect(elementInWords("", "somewhere", "the page").itself).toBe("the page");
  });
});

describe("forms", () => {
  it("are sent by a share of those who began them", () => {
    expect(sentShare({ ...FORM, started: 8, submitted: 2 })).toBe(0.25);
    expect(sentShare({ ...FORM, started: 2, submitted: 5 })).toBe(1);
    expect(sentShare({ ...FORM, submitted: 5 })).toBeNull();
  });
});

describe("vitals", () => {
  it("have units of their own", () => {
    const vital = { measured: 3, rating: "good" as const };
    expect(vitalInWords("lcp_ms", { ...vital, p75: 2310.4 })).toBe("2.3 s");
    expect(vitalInWords("inp_ms", { ...vital, p75: 184 })).toBe("184 ms");
    expect(vitalInWords("cls", { ...vital, p75: 0.0832 })).toBe("0.08");
    expect(vitalInWords("cls", { p75: null, measured: 0, rating: null })).toBe("–");
  });
});

describe("what was read", () => {
  it("says whether it is a sample", () => {
    expect(readInWords({ read: 1, sampled: false })).toBe("from 1 report");
    expect(readInWords({ read: 49_900, sampled: true })).toBe("a sample of 49,900 reports, spread over the range");
  });
});
