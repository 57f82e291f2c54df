/** What models found out by themselves. */

import type { ModelMetrics } from "./models";

/** A count that was out of the ordinary. */
export interface Anomaly {
  metric: string;
  /** Empty: of everything. */
  dimension: string;
  value: string;
  bucket: number;
  seconds: number;
  observed: number;
  low: number;
  high: number;
  /** The value that accounts for most of it: `share` of the deviation, where one is clear. */
  driver: { dimension: string; value: string; share: number } | null;
}

export interface Insight {
  key: string;
  sentence: string;
  since: number;
  first_seen: number;
}

export interface Segment {
  segment: number;
  name: string;
  description: string;
  members: number;
  share: number | null;
}

/** Who is expected back, and who to stay away. */
export interface Returns {
  visitors: number;
  known: number;
  expected_back: number | null;
  expected_gone: number | null;
  revenue_at_risk: number | null;
  tasks: Record<"return_7d" | "churn_30d", { reason: string | null; model: Partial<ModelMetrics> | null }>;
}
