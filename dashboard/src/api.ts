/**
 * The query API: one typed function per question. Every function takes an AbortSignal and answers the decoded JSON.
 *
 * What pages of their own ask is beside: api/events.ts, api/owner.ts and others.
 */

import type { Feedback, ItemOrder, ShownItems } from "./api/feedback";
import type { Anomaly, Insight, Returns, Segment } from "./api/findings";
import type { Model } from "./api/models";
import type { Account, Project } from "./api/projects";
import { address, get, type Period } from "./api/request";
import type { LiveView, Session, SessionDetail } from "./api/sessions";
import type { Breakdown, Dimension, Ledger, Overview, Timeseries } from "./api/traffic";
import type { Interval } from "./range";

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
