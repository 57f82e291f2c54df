/** How much there was. */

import type { Interval } from "../range";

export interface Counts {
  visitors: number;
  sessions: number;
  pageviews: number;
  events: number;
  conversions: number;
  revenue: number;
  /** 0 to 1; null without sessions. */
  conversion_rate: number | null;
  /** 0 to 1; null without sessions. */
  bounce_rate: number | null;
}

export interface Overview extends Counts {
  previous: Counts | null;
}

export type Metric = "events" | "pageviews" | "sessions" | "conversions";

export interface Timeseries extends Record<Metric, number[]> {
  interval: Interval;
  /** Start of each bucket in epoch milliseconds, without gaps. */
  t: number[];
  /** Of hours and days. */
  visitors?: number[];
}

export type Dimension =
  | "page"
  | "entry"
  | "exit"
  | "source"
  | "event"
  | "goal"
  | "device"
  | "browser"
  | "country"
  | "campaign";

export interface BreakdownRow extends Record<Metric, number> {
  value: string | null;
  /** Null while too much has changed to be looked through. */
  visitors: number | null;
}

export interface Breakdown {
  dimension: Dimension;
  rows: BreakdownRow[];
}

export interface Ledger {
  received: number;
  stored: number;
  duplicate: number;
  rejected: Record<string, number>;
  dropped: Record<string, number>;
}
