/** Questions that follow visitors: funnels, retention, paths. */

import type { Interval } from "../range";
import { get } from "./request";
import type { Dimension } from "./traffic";

export interface Step {
  /** Written like a filter: page==/pricing. */
  step: string;
  visitors: number;
  /** Of the first step; null without visitors. */
  rate: number | null;
  from_previous: number | null;
  /** Since the step before, half of the visitors took longer. */
  median_ms: number | null;
}

export interface Funnel {
  visitors: number;
  within_hours: number;
  steps: Step[];
  groups: { value: string | null; steps: Step[] }[];
}

export interface Cohort {
  /** Epoch milliseconds. */
  start: number;
  visitors: number;
  /** How many were there in the cohort's own period, in the next one, and so on. */
  returned: number[];
}

export interface Retention {
  by: Interval | "week" | "month";
  cohorts: Cohort[];
  note: string | null;
}

/** `value` null: the end of the visit (or its beginning); "": all pages that are not told one by one. */
export interface Link {
  from?: string | null;
  value: string | null;
  sessions: number;
}

export interface Paths {
  anchor: string;
  direction: "after" | "before";
  sessions: number;
  levels: { links: Link[] }[];
}

type Asked = { project: string; from: number; to: number; filter?: string[] };

export const explore = {
  funnel: (asked: Asked & { step: string[]; within_hours: number; by?: Dimension }, abort?: AbortSignal) =>
    get<Funnel>("funnel", { ...asked }, abort),
  retention: (
    asked: { project: string; to: number; by: string; cohorts: number; tz: string; filter?: string[] },
    abort?: AbortSignal,
  ) => get<Retention>("retention", { ...asked }, abort),
  paths: (asked: Asked & { anchor: string; direction: string; depth: number; limit: number }, abort?: AbortSignal) =>
    get<Paths>("paths", { ...asked }, abort),
};
