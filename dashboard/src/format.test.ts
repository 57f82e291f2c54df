import { expect, test } from "vitest";
import { ago, amount, change, changeOfShare, count, duration, engaged, offset, points, share } from "./format";

test("counts keep their digits up to a hundred thousand", () => {
  expect([count(0), count(1234), count(99_999), count(1_234_567), count(null)]).toEqual([
    "0",
    "1,234",
    "99,999",
    "1.2M",
    "–",
  ]);
});

test("revenue shows cents while they matter", () => {
  expect([amount(12.5), amount(12_345.6), amount(1_234_567)]).toEqual(["12.50", "12,346", "1.2M"]);
});

test("small shares keep a decimal, and a tiny one is not called zero", () => {
  expect([share(0), share(0.0002), share(0.034), share(0.5), share(1), share(null)]).toEqual([
    "0%",
    "<0.1%",
    "3.4%",
    "50%",
    "100%",
    "–",
  ]);
});

test("a change has a direction, and none against nothing", () => {
  expect(change(110, 100)).toEqual({ text: "10%", direction: "up" });
  expect(change(50, 100)).toEqual({ text: "50%", direction: "down" });
  expect(change(100, 100)).toEqual({ text: "0%", direction: "same" });
  expect(change(5, 0)).toEqual({ text: "new", direction: "up" });
  expect(change(0, 0)).toBeNull();
  expect(change(2000, 100)).toEqual({ text: "×20", direction: "up" });
});

test("shares change by percentage points", () => {
  expect(changeOfShare(0.05, 0.04)).toEqual({ text: "1 pt", direction: "up" });
  expect(changeOfShare(0.05, null)).toBeNull();
});

test("durations take the unit that fits", () => {
  expect([duration(320), duration(4200), duration(65_000), duration(7_500_000), duration(null)]).toEqual([
    "320 ms",
    "4.2 s",
    "1 m 5 s",
    "2 h 5 m",
    "–",
  ]);
  expect([engaged(0), engaged(400), engaged(4600)]).toEqual(["–", "1 s", "5 s"]);
});

test("times past are coarse, and a clock that runs ahead is not in the future", () => {
  const now = Date.UTC(2026, 0, 2);
  expect([now + 5000, now - 13_000, now - 150_000, now - 7_300_000].map((instant) => ago(instant, now))).toEqual([
    "now",
    "10 s ago",
    "2 min ago",
    "2 h ago",
  ]);
});

test("offsets count from the start of the session", () => {
  expect([offset(0), offset(65_000), offset(3_725_000)]).toEqual(["+0:00", "+1:05", "+1:02:05"]);
});

test("a difference of shares is in points, with its sign", () => {
  expect([points(0.0234), points(-0.155), points(0.0001), points(-0.0996)]).toEqual([
    "+2.3 pt",
    "−16 pt",
    "0 pt",
    "−10 pt",
  ]);
});
