/** How good a model's versions were, one after another. */

import type { ModelVersion } from "./api/models";
import { dateTimeOf, figure } from "./format";

export interface VersionPoint {
  version: number;
  auc: number;
  low: number;
  high: number;
  inUse: boolean;
  words: string;
}

/** Versions that were judged, the oldest first. */
export function versionPoints(versions: ModelVersion[]): VersionPoint[] {
  return versions
    .filter((each) => each.auc !== null)
    .sort((a, b) => a.version - b.version)
    .map((each) => {
      const auc = each.auc ?? 0;
      const [low, high] = each.auc_interval ?? [auc, auc];
      const standing = { champion: "in use", challenger: "not in use", former: "no longer in use" }[each.role];
      const trained = dateTimeOf(Date.parse(each.trained_at));
      const words = `version ${each.version} (${standing}, trained ${trained}): AUC ${figure(auc)} (${figure(low)} to ${figure(high)})`;
      return { version: each.version, auc, low, high, inUse: each.role === "champion", words };
    });
}
