import { expect, test } from "vitest";
import type { ModelVersion } from "./api/models";
import { versionPoints } from "./versions";

function version(number: number, role: ModelVersion["role"], auc: number | null): ModelVersion {
  return {
    version: number,
    role,
    status: auc === null ? "abstaining" : "ready",
    trained_at: "2026-11-01T10:00:00Z",
    auc,
    auc_interval: auc === null ? null : [auc - 0.05, auc + 0.05],
    realised: null,
  };
}

test("versions that were judged are told from the oldest on, and which is in use", () => {
  const points = versionPoints([
    version(4, "challenger", 0.7),
    version(3, "champion", 0.8),
    version(2, "former", null),
    version(1, "former", 0.6),
  ]);
  expect(points.map((each) => [each.version, each.auc, each.inUse])).toEqual([
    [1, 0.6, false],
    [3, 0.8, true],
    [4, 0.7, false],
  ]);
  expect(points[1]?.words).toMatch(/^version 3 \(in use, trained 1 Nov 2026.*\): AUC 0\.800 \(0\.750 to 0\.850\)$/);
  expect(points[2]?.words).toContain("not in use");
});
