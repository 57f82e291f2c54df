/** Which stretch of time the page asks about, and how finely. All instants are epoch milliseconds. */

export type Interval = "minute" | "hour" | "day";
export type RangeName = "30m" | "24h" | "7d" | "30d" | "all" | "custom";

export type Range = { name: Exclude<RangeName, "custom"> } | { name: "custom"; from: number; to: number };

/** When a project's first and newest events happened. */
export interface Extent {
  first: number;
  last: number;
}

/** What is asked of the API. `live`: the window ends now, so its newest bucket is still filling. */
export interface TimeWindow {
  from: number;
  to: number;
  interval: Interval;
  live: boolean;
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const LENGTH_OF: Record<Interval, number> = { minute: MINUTE, hour: HOUR, day: DAY };

export const RANGES: { name: RangeName; short: string; long: string }[] = [
  { name: "30m", short: "30 min", long: "Last 30 minutes" },
  { name: "24h", short: "24 h", long: "Last 24 hours" },
  { name: "7d", short: "7 days", long: "Last 7 days" },
  { name: "30d", short: "30 days", long: "Last 30 days" },
  { name: "all", short: "All", long: "All data" },
  { name: "custom", short: "Custom", long: "Custom range" },
];

/** Buckets of one rolling range: as many bars as a phone can still tell apart. */
const ROLLING: Record<"30m" | "24h" | "7d" | "30d", { interval: Interval; buckets: number }> = {
  "30m": { interval: "minute", buckets: 30 },
  "24h": { interval: "hour", buckets: 24 },
  "7d": { interval: "hour", buckets: 168 },
  "30d": { interval: "day", buckets: 30 },
};

/** Up to three hours by the minute, up to eight days by the hour, anything longer by the day: 200 points at most until then. */
export function chooseInterval(span: number): Interval {
  if (span <= 3 * HOUR) return "minute";
  if (span <= 8 * DAY) return "hour";
  return "day";
}

export function windowOf(range: Range, now: number, extent: Extent | null): TimeWindow {
  switch (range.name) {
    case "custom":
      return {
        from: range.from,
        to: range.to,
        interval: chooseInterval(range.to - range.from),
        live: range.to >= now,
      };
    case "all": {
      if (!extent) return rolling("24h", now);
      const live = isRecent(extent, now);
      const end = live ? now : extent.last;
      const interval = chooseInterval(end - extent.first);
      return { from: startOf(extent.first, interval), to: end, interval, live };
    }
    default:
      return rolling(range.name, now);
  }
}

/**
 * What to show someone who has not chosen: a project that has only just begun, and simulated shoppers who are there to
 * be watched, by the minute, one whose data ended long ago (a replayed log) as a whole, and everything else over the last day.
 */
export function defaultRange(extent: Extent | null, now: number, isSimulated: boolean): Range {
  if (!extent || isSimulated || now - extent.first < 3 * HOUR) return { name: "30m" };
  return isRecent(extent, now) ? { name: "24h" } : { name: "all" };
}

/** What the previous period is called beside a change; null where nothing came before. */
export function previousLabel(range: Range): string | null {
  switch (range.name) {
    case "30m":
      return "the 30 minutes before";
    case "24h":
      return "the 24 hours before";
    case "7d":
      return "the 7 days before";
    case "30d":
      return "the 30 days before";
    case "custom":
      return "the period before";
    case "all":
      return null;
  }
}

/** Buckets of the API start at multiples of their length in UTC. */
export function startOf(instant: number, interval: Interval): number {
  const length = LENGTH_OF[interval];
  return Math.floor(instant / length) * length;
}

function rolling(name: keyof typeof ROLLING, now: number): TimeWindow {
  const { interval, buckets } = ROLLING[name];
  return { from: startOf(now, interval) - (buckets - 1) * LENGTH_OF[interval], to: now, interval, live: true };
}

function isRecent(extent: Extent, now: number): boolean {
  return now - extent.last < DAY;
}
