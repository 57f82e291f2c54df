import { describe, expect, it } from "vitest";
import { removedInWords } from "../privacy/counts";
import { inWords as termInWords } from "../privacy/term";
import { inWords } from "../reason";
import { archiveInWords } from "./behind";
import { outcomeInWords } from "./outcome";
import { ribbon } from "./ribbon";
import { wayInWords } from "./way";

const NOTHING = { offered: 0, accepted: 0, duplicate: 0, spooled: 0, dropped: 0, rejected: {}, cut: 0, stopped: null };

describe("what owners are told", () => {
  it("says what became of a replay, without what there was none of", () => {
    expect(outcomeInWords({ ...NOTHING, offered: 3, accepted: 2, rejected: { tracking_plan: 1 } })).toBe(
      "3 events sent again; 2 taken in; refused again: 1 × not as the tracking plan says.",
    );
    expect(outcomeInWords({ ...NOTHING, offered: 1, cut: 1, stopped: "no" })).toBe(
      "1 event sent again; 1 kept in part and not sent; stopped: no.",
    );
  });

  it("knows reasons, and spells out the ones that it does not", () => {
    expect(inWords("missing_id")).toBe("no id");
    expect(inWords("some_new_one")).toBe("some new one");
  });

  it("tells the way of an event step by step, and what is still to come", () => {
    const at = "2026-01-02T03:04:05Z";
    const [stored, applied, odd] = wayInWords([
      { step: "stored", done: true, at, text: "on disk" },
      { step: "applied", done: false, at: null, text: "no worker holds its partition" },
      { step: "new_one", done: true, at: null, text: "é" },
    ]);
    expect(stored).toMatchObject({ title: "Stored", at: Date.parse(at), text: "On disk." });
    expect(applied).toMatchObject({ title: "Not read by a worker", at: null, done: false });
    expect(odd).toMatchObject({ title: "new_one", text: "É." });
  });

  it("counts what an erasure removed", () => {
    expect(removedInWords({ events: 1200, batches: 1, rejections: 0 })).toBe("1,200 events, 1 batch");
    expect(removedInWords({ models_to_retrain: 1, rollup_cells: 2 })).toBe("1 model to retrain, 2 rollup cells");
    expect(removedInWords({ events: 0 })).toBe("nothing was held");
  });

  it("says how far the archive is behind", () => {
    expect(archiveInWords({ behind: 0, lag_ms: 0 })).toBe("up to date");
    expect(archiveInWords({ behind: 1, lag_ms: 40 })).toBe("1 message, 40 ms");
    expect(archiveInWords({ behind: 1200, lag_ms: 61_000 })).toMatch(/^1,200 messages, 1\sm 1\ss$/);
  });

  it("names terms", () => {
    expect([null, 30, 365, 730].map(termInWords)).toEqual(["for ever", "for 30 days", "for a year", "for 2 years"]);
  });

  it("draws a band from a stretch of the left edge to its place at the right", () => {
    const path = ribbon(0, 10, 28, 6);
    expect(path).toContain("100,25 L100,31");
    expect(path.endsWith("L0,10 Z")).toBe(true);
  });
});
