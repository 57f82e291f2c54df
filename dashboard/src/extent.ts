/** Finds when a project's first and newest events happened, to the hour, from its own time series. */

import { api } from "./api";
import type { Timeseries } from "./api/traffic";
import { DAY, type Extent, HOUR, type Interval } from "./range";

/** Replayed logs may be decades old, but nobody logged the web before this. */
const EARLIEST = Date.UTC(1990, 0, 1);
/** The server answers at most 5,000 points at once. */
const DAYS_AT_ONCE = 4500;

/** Null: the project has no events yet. */
export async function findExtent(project: string, now: number, abort?: AbortSignal): Promise<Extent | null> {
  const ask = (from: number, to: number, interval: Interval) => api.timeseries({ project, from, to, interval }, abort);
  const starts: number[] = [];
  for (let from = EARLIEST; from < now; from += DAYS_AT_ONCE * DAY) starts.push(from);
  const days = edges(
    await Promise.all(starts.map((from) => ask(from, Math.min(from + DAYS_AT_ONCE * DAY, now), "day"))),
  );
  if (!days) return null;
  const hours = await Promise.all([days.first, days.last].map((day) => ask(day, Math.min(day + DAY, now), "hour")));
  // An event may have been removed between the two questions: then the days are all there is to know.
  const { first, last } = edges(hours) ?? days;
  return { first, last: Math.min(last + HOUR - 1, now) };
}

/** The first and the last bucket that is not empty. */
function edges(parts: Timeseries[]): { first: number; last: number } | null {
  const filled = parts.flatMap(({ t, events }) => t.filter((_, index) => (events[index] ?? 0) > 0));
  const [first] = filled;
  const last = filled.at(-1);
  return first === undefined || last === undefined ? null : { first, last };
}
