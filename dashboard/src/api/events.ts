/** Questions that look into events: their names, and the properties of those of one name. */

import type { Interval } from "../range";
import { get } from "./request";

export interface EventCounts {
  events: number;
  visitors: number;
  /** Those that have such an event. */
  sessions: number;
}

export interface EventRow extends EventCounts {
  event: string;
  conversions: number;
  revenue: number;
  per_visitor: number | null;
  /** Epoch milliseconds, within the period. */
  first_at: number | null;
  last_at: number | null;
  previous: EventCounts;
}

export interface EventNames {
  rows: EventRow[];
  names: number;
}

export interface EventLine {
  event: string;
  interval: Interval;
  t: number[];
  events: number[];
  visitors: number[];
}

export type Kind = "text" | "number" | "boolean";

export interface Property {
  property: string;
  /** It has a column of its own, whether the owner allows it or not. */
  built_in: boolean;
  kind: Kind;
  /** That have it. */
  events: number;
  /** Different ones. */
  values: number;
}

/** How many events were read, of how many; of a sample, counts are scaled to all. */
interface Sampled {
  sampled: boolean;
  read: number;
  of: number;
}

export interface Properties extends Sampled {
  event: string;
  events: number;
  properties: Property[];
  allowed: string[];
}

export type Value = string | number | boolean;

export interface ValueRow extends EventCounts {
  value: Value;
  /** Null where none of the events tells any. */
  revenue: number | null;
}

/** Up to and without `to`; null where it is open. */
export interface Bucket {
  from: number | null;
  to: number | null;
  count: number;
}

export interface Numbers {
  count: number;
  sum: number;
  mean: number;
  min: number;
  max: number;
  median: number;
  /** All of them are. */
  whole: boolean;
  buckets: Bucket[];
}

export interface Values extends Sampled {
  property: string;
  kind: Kind | null;
  events: number;
  values: number;
  rows: ValueRow[];
  numbers: Numbers | null;
}

type Asked = { project: string; from: number; to: number; filter?: string[] };

export const events = {
  names: (asked: Asked & { limit: number }, abort?: AbortSignal) => get<EventNames>("events", { ...asked }, abort),
  line: (asked: Asked & { event: string; interval: Interval }, abort?: AbortSignal) =>
    get<EventLine>("events/timeseries", { ...asked }, abort),
  properties: (asked: Asked & { event: string; where: string[] }, abort?: AbortSignal) =>
    get<Properties>("properties", { ...asked }, abort),
  values: (asked: Asked & { event: string; property: string; where: string[]; limit: number }, abort?: AbortSignal) =>
    get<Values>("properties/values", { ...asked }, abort),
};
