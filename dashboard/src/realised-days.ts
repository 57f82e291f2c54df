/** How a model's scores turned out day by day: where a day stands in a chart, and how it is said. */

import type { RealisedFigures } from "./api/models";
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

/** Days on which there was something to rank, the oldest first, in runs of days that follow one another; `first` is the
 * day that is counted from, by default the first of them. */
export function runsOf(days: RealisedDay[], first: string | null = firstDay(days)): RankedDay[][] {
  const ordered = [...days].sort((a, b) => a.day.localeCompare(b.day));
  const runs: RankedDay[][] = [];
  for (const each of ordered) {
    if (first === null || each.auc === null) continue;
    const at = Math.round((Date.parse(each.day) - Date.parse(first)) / DAY);
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

/** The first day on which there was something to rank. */
export function firstDay(days: RealisedDay[]): string | null {
  return days
    .filter((each) => each.auc !== null)
    .reduce<string | null>((first, { day }) => (first === null || day < first ? day : first), null);
}

export interface VersionDays {
  version: number;
  days: RealisedDay[];
}

export interface VersionRun {
  version: number;
  inUse: boolean;
  run: RankedDay[];
}

/** Runs of the days of several versions on one axis of time; of those no longer in use, too. */
export function runsOfVersions(versions: VersionDays[], inUse: number): VersionRun[] {
  const first = firstDay(versions.flatMap(({ days }) => days));
  return versions.flatMap(({ version, days }) =>
    runsOf(days, first).map((run) => ({
      version,
      inUse: version === inUse,
      run: run.map((day) => ({ ...day, words: `version ${version}, ${day.words}` })),
    })),
  );
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
