/**
 * The query API: one typed function per question.
 *
 * Every function takes an AbortSignal, answers the decoded JSON, and throws ApiError for an answer that is not 2xx
 * and for a server that cannot be reached (status 0).
 */

import { signal } from "@preact/signals";
import type { Interval } from "./range";

export interface Project {
  id: string;
  name: string;
  simulated: boolean;
  /** Public: it can only send events. Absent where the server keeps it to the settings page. */
  write_key?: string;
}

/** Who is signed in. */
export interface Account {
  email: string;
  role: "viewer" | "analyst" | "owner";
  has_password: boolean;
  /** Whether a new password takes no current one. */
  sets_password: boolean;
}

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

/** Visitors who were shown something, or would have been, and what came of it. */
export interface Side {
  visitors: number;
  converted: number;
  clicked: number;
  dismissed: number;
  /** 0 to 1; null of nobody. */
  rate: number | null;
  /** 95%. */
  interval: [number, number] | null;
}

export interface Intervention {
  intervention: string;
  shown: Side;
  holdout: Side;
  /** Difference of the rates; null while too little is known, and then there is a reason. */
  uplift: number | null;
  interval: [number, number] | null;
  relative: number | null;
  verdict: "better" | "worse" | "no difference seen" | "unknown";
  reason: string | null;
}

export interface Feedback {
  /** Share of visitors who are held out now. */
  holdout: number;
  /** Null: what comes of it counts in the same session. */
  within_hours: number | null;
  interventions: Intervention[];
  /** How many more interventions there are, with fewer visitors. */
  left_out: number;
  /** Exposures that name no intervention or no variant. */
  unusable: number;
}

/** An item that was shown, and what came of it in the same session. */
export interface ShownItem {
  item: string;
  shown: number;
  visitors: number;
  clicked: number;
  click_rate: number;
  click_interval: [number, number];
  bought: number;
  bought_rate: number;
  bought_interval: [number, number];
  orders: number;
  revenue: number;
  bought_after_click: number;
  orders_after_click: number;
  revenue_after_click: number;
}

export type ItemOrder = "shown" | "visitors" | "clicked" | "click_rate" | "bought" | "revenue" | "revenue_after_click";

export interface ShownItems {
  items: ShownItem[];
  /** How many there are on all pages. */
  count: number;
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

export interface CalibrationPoint {
  predicted: number;
  observed: number;
  count: number;
  /** Absent of versions that were judged before these were kept. */
  sessions?: number;
  /** 95%, of what was observed. */
  interval?: [number, number];
}

/** By how much a model gets worse where the values of a feature are mixed up: mean and standard deviation. */
export interface FeatureImportance {
  feature: string;
  meaning: string;
  increase: number;
  spread: number;
  parts?: FeatureImportance[];
}

export interface Importance {
  examples: number;
  /** Sessions, or visitors, that the examples are of. */
  of: number;
  /** Of what less is told; log loss, of which more, where it is absent. */
  measure?: string;
  /** Absent where nothing is shuffled: each feature is put at what is usual. */
  repeats?: number;
  log_loss?: number;
  /** The weightiest first. */
  features: FeatureImportance[];
}

export interface ModelMetrics {
  sessions_train: number;
  sessions_test: number;
  examples_test: number;
  positives_train: number;
  positives_test: number;
  auc: number | null;
  auc_interval: [number, number] | null;
  log_loss: number | null;
  log_loss_baseline: number | null;
  average_precision: number | null;
  ece: number | null;
  calibration: CalibrationPoint[];
  lift: { decile: number; lift: number }[];
  split_at: string | null;
  importance: Importance;
}

export interface Model {
  task: string;
  version: number | string | null;
  status: "ready" | "abstaining";
  reason: string | null;
  trained_at: string | null;
  trained_on: "simulated" | "observed" | "mixed" | null;
  features: string[];
  /** Absent, or partly empty, for a model that never reached a held-out test. */
  metrics: Partial<ModelMetrics> | null;
  /** Why this version is the one in use. */
  decided_because?: string | null;
  /** The newest version that has not taken its place. */
  challenger?: Challenger | null;
  realised?: Realised | null;
  drift?: Drift | null;
  /** All that are kept, the newest first. */
  versions?: ModelVersion[];
}

export interface ModelVersion {
  version: number;
  role: "champion" | "challenger" | "former";
  status: "ready" | "abstaining";
  trained_at: string;
  auc: number | null;
  auc_interval: [number, number] | null;
  realised: Realised | null;
}

export interface Challenger {
  version: number;
  status: "ready" | "abstaining";
  trained_at: string;
  decided_because: string | null;
  auc: number | null;
}

/** How scores turned out that were told: of a sample of sessions that have ended. */
export interface RealisedFigures {
  moments: number;
  sessions: number;
  base_rate: number;
  auc: number | null;
  auc_low: number | null;
  auc_high: number | null;
  log_loss: number;
  log_loss_baseline: number;
  ece: number;
}

export interface Realised extends RealisedFigures {
  since: string;
  days: (RealisedFigures & { day: string })[];
}

/** How far the newest sessions are from those learned from: population stability index of each feature. */
export interface Drift {
  sessions: number;
  /** Why nothing can be said. */
  reason: string | null;
  drifted: string[];
  features: { name: string; psi: number; limit: number }[];
}

export interface Ledger {
  received: number;
  stored: number;
  duplicate: number;
  rejected: Record<string, number>;
  dropped: Record<string, number>;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code = "",
    readonly field = "",
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** A header of every change: other sites' pages cannot send it, so they change nothing with this browser's cookie. */
export const CHANGES = { "X-GoodData": "1" };

/** Whether the newest answer was 401: the page then shows how to sign in, and nothing else. */
export const signedOut = signal(false);

export type Params = Record<string, string | number | string[]>;

interface Period {
  project: string;
  /** Epoch milliseconds. */
  from: number;
  to: number;
  /** Of sessions, as filters.ts writes them; all must hold. */
  filter?: string[];
}

export const api = {
  session: (abort?: AbortSignal) =>
    get<{ signed_in: boolean; projects: Project[]; account: Account | null }>("session", {}, abort),
  overview: (period: Period, abort?: AbortSignal) => get<Overview>("overview", { ...period }, abort),
  timeseries: (question: Period & { interval: Interval }, abort?: AbortSignal) =>
    get<Timeseries>("timeseries", { ...question }, abort),
  breakdown: (question: Period & { dimension: Dimension; limit: number }, abort?: AbortSignal) =>
    get<Breakdown>("breakdown", { ...question }, abort),
  sessions: (question: Period & { limit: number }, abort?: AbortSignal) =>
    get<{ sessions: Session[] }>("sessions", { ...question }, abort),
  sessionDetail: (project: string, session: string, abort?: AbortSignal) =>
    get<SessionDetail>(`sessions/${encodeURIComponent(session)}`, { project }, abort),
  live: (project: string, abort?: AbortSignal) => get<LiveView>("live", { project }, abort),
  models: (project: string, abort?: AbortSignal) => get<{ models: Model[] }>("models", { project }, abort),
  anomalies: (project: string, since: number, abort?: AbortSignal) =>
    get<{ anomalies: Anomaly[] }>("anomalies", { project, since }, abort),
  insights: (project: string, abort?: AbortSignal) =>
    get<{ insights: Insight[]; reason: string | null }>("insights", { project }, abort),
  segments: (project: string, abort?: AbortSignal) =>
    get<{ segments: Segment[]; reason: string | null }>("segments", { project }, abort),
  feedback: (period: Period, abort?: AbortSignal) => get<Feedback>("feedback", { ...period }, abort),
  feedbackItems: (
    period: Period & { sort: ItemOrder; limit: number; offset: number; intervention?: string },
    abort?: AbortSignal,
  ) => get<ShownItems>("feedback/items", { ...period }, abort),
  returns: (project: string, abort?: AbortSignal) => get<Returns>("returns", { project, limit: 1 }, abort),
  ledger: (period: Period, abort?: AbortSignal) => get<Ledger>("ledger", { ...period }, abort),
};

export function liveStreamUrl(project: string): string {
  return address("live/stream", { project });
}

export async function get<Answer>(path: string, params: Params, abort?: AbortSignal): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(address(path, params), {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      ...(abort ? { signal: abort } : {}),
    });
  } catch (failure) {
    if (abort?.aborted) throw failure;
    throw new ApiError(0, "The server cannot be reached.");
  }
  if (response.status === 401) signedOut.value = true;
  if (response.ok) signedOut.value = false;
  if (!response.ok) throw await errorIn(response);
  return (await response.json()) as Answer;
}

export async function errorIn(response: Response): Promise<ApiError> {
  const fallback = `The server answered ${response.status}.`;
  // A proxy in front of the server may answer with HTML: then the status is all there is to say.
  const body = (await response.json().catch(() => null)) as {
    error?: { code?: string; message?: string; field?: string };
  } | null;
  return new ApiError(response.status, body?.error?.message ?? fallback, body?.error?.code, body?.error?.field);
}

export function address(path: string, params: Params): string {
  const query = new URLSearchParams(
    Object.entries(params).flatMap(([key, value]) =>
      Array.isArray(value) ? value.map((each) => [key, each]) : [[key, String(value)]],
    ),
  );
  const tail = query.toString();
  return `/api/${path}${tail ? `?${tail}` : ""}`;
}
