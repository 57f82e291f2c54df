/** How a model's scores turned out day by day: where a day stands in a chart, and how it is said. */

import type { RealisedFigures } from "./api";
import { bucketName, figure, plural } from "./format";
import { DAY } from "./range";

export type RealisedDay = RealisedFigures & { day: string };

export interface RankedDay {
  /** Whole days since the first. */
  at: number;
  auc: number;
  low: number;
  high: number;
  words: string;
}

/** Days on which there was something to rank, the oldest first, in runs of days that follow one another. */
export function runsOf(days: RealisedDay[]): RankedDay[][] {
  const ordered = [...days].sort((a, b) => a.day.localeCompare(b.day));
  const first = ordered.find((each) => each.auc !== null);
  const runs: RankedDay[][] = [];
  for (const each of ordered) {
    if (first === undefined || each.auc === null) continue;
    const at = Math.round((Date.parse(each.day) - Date.parse(first.day)) / DAY);
    const ranked = {
      at,
      auc: each.auc,
      low: each.auc_low ?? each.auc,
      high: each.auc_high ?? each.auc,
      words: dayInWords(each),
    };
    const run = runs.at(-1);
    if (run?.at(-1)?.at === at - 1) run.push(ranked);
    else runs.push([ranked]);
  }
  return runs;
}

/** The tenth at which the axis begins: 0.5, which is chance, or lower where an interval reaches below. */
export function axisStart(runs: RankedDay[][]): number {
  const lowest = Math.min(0.5, ...runs.flat().map((day) => day.low));
  return Math.max(0, Math.floor(lowest * 10 + 1e-9) / 10);
}

export function nameOfDay(day: string): string {
  const start = Date.parse(day);
  return bucketName(start, "day", start);
}

function dayInWords(of: RealisedDay): string {
  const interval = of.auc_low === null ? "" : ` (${figure(of.auc_low, 2)} to ${figure(of.auc_high, 2)})`;
  return `${nameOfDay(of.day)}: AUC ${figure(of.auc, 2)}${interval}, of ${plural(of.sessions, "session")}`;
}
