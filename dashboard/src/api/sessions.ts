/** Visits, those of now and those of before. */

export interface Score {
  /** Probability, 0 to 1; null while the model abstains. */
  score: number | null;
  abstained: boolean;
  reason: string | null;
}

export interface Session {
  session: string;
  visitor: string;
  started_at: number;
  last_at: number;
  events: number;
  pageviews: number;
  clicks: number;
  engaged_ms: number;
  entry: string | null;
  page: string | null;
  source: string | null;
  device: string | null;
  browser: string | null;
  country: string | null;
  simulated: boolean;
  converted: boolean;
  revenue: number | null;
  scores: { conversion?: Score | null };
}

export interface TimelineEntry {
  t: number;
  type: string;
  name: string | null;
  path: string | null;
}

export interface SessionDetail extends Session {
  timeline: TimelineEntry[];
}

export interface LiveView {
  visitors: number;
  events_per_minute: number;
  sessions: Session[];
  /** How far the workers are behind the event log, in milliseconds. */
  lag_ms: number | null;
}
