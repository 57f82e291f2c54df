import { expect, test } from "vitest";
import { axisStart, type RealisedDay, runsOf, runsOfVersions } from "./realised-days";

function day(name: string, auc: number | null, low = auc, high = auc): RealisedDay {
  const figures = { moments: 90, sessions: 30, base_rate: 0.2, log_loss: 0.4, log_loss_baseline: 0.5, ece: 0.02 };
  return { day: name, auc, auc_low: low, auc_high: high, ...figures };
}

test("days are drawn from the oldest on, and the line ends where a day is missing or has nothing to rank", () => {
  const newestFirst = [
    day("2026-11-06", 0.7),
    day("2026-11-05", null),
    day("2026-11-04", 0.8),
    day("2026-11-02", 0.9, 0.85, 0.95),
    day("2026-11-01", 0.6),
  ];
  const runs = runsOf(newestFirst);
  expect(runs.map((run) => run.map(({ at, auc }) => [at, auc]))).toEqual([
    [
      [0, 0.6],
      [1, 0.9],
    ],
    [[3, 0.8]],
    [[5, 0.7]],
  ]);
  expect(runs[0]?.[1]?.words).toMatch(/2 Nov: AUC 0\.90 \(0\.85 to 0\.95\), of 30 sessions$/);
  expect(runsOf([day("2026-11-05", null)])).toEqual([]);
});

test("the axis begins at chance, or at the tenth that the lowest interval reaches into", () => {
  expect(axisStart(runsOf([day("2026-11-01", 0.7, 0.6, 0.8)]))).toBe(0.5);
  expect(axisStart(runsOf([day("2026-11-01", 0.5, 0.34, 0.6)]))).toBe(0.3);
  expect(axisStart(runsOf([day("2026-11-01", 0.5, 0.3, 0.6)]))).toBe(0.3);
});

test("days of several versions are on one axis of time, each by itself", () => {
  const versions = [
    { version: 3, days: [day("2026-11-05", 0.9), day("2026-11-04", 0.8)] },
    { version: 1, days: [day("2026-11-04", 0.7), day("2026-11-02", 0.6), day("2026-11-01", null)] },
  ];
  const runs = runsOfVersions(versions, 3);
  expect(runs.map(({ version, inUse, run }) => [version, inUse, run.map(({ at }) => at)])).toEqual([
    [3, true, [2, 3]],
    [1, false, [0]],
    [1, false, [2]],
  ]);
  expect(runs[1]?.run[0]?.words).toMatch(/^version 1, .*2 Nov: AUC 0\.60/);
  expect(runsOfVersions([{ version: 1, days: [] }], 1)).toEqual([]);
});
