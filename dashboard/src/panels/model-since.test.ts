import { expect, test } from "vitest";
import { driftInWords, turnedOut } from "./model-since";

const REALISED = {
  since: "2026-11-01",
  moments: 400,
  sessions: 1,
  base_rate: 0.25,
  auc: 0.81,
  auc_low: 0.7,
  auc_high: 0.9,
  log_loss: 0.4,
  log_loss_baseline: 0.56,
  ece: 0.031,
  days: [],
};

test("what came of scores is told with its interval, or that there is nothing to rank", () => {
  const told = turnedOut(REALISED, "converted");
  expect(told).toContain("Of 1 sampled session since 2026-11-01");
  expect(told).toContain("25% of the moments the session converted");
  expect(told).toContain("calibration error 3.1 points");
  expect(turnedOut({ ...REALISED, auc: null, auc_low: null, auc_high: null }, "converted")).toContain(
    "there is no AUC",
  );
});

test("drift names the farthest features, says when there is none, and why nothing can be said", () => {
  const features = ["a", "b", "c", "d", "e", "f", "g"].map((name, n) => ({ name, psi: 2 - n / 10, limit: 0.25 }));
  const drifted = features.slice(0, 6).map(({ name }) => name);
  const told = driftInWords({ sessions: 300, reason: null, drifted, features });
  expect(told).toContain("6 features differ beyond noise");
  expect(told).toContain("and 1 more");
  expect(told).not.toContain("f ");
  expect(driftInWords({ sessions: 300, reason: null, drifted: [], features })).toContain("are like those it learned");
  expect(driftInWords({ sessions: 3, reason: "needs 100 sessions", drifted: [], features: [] })).toBe(
    "Needs 100 sessions.",
  );
});
