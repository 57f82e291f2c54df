/** How people get on with pages: clicks in vain, forms, attention, Web Vitals, errors. */

import { get } from "./request";

interface Listed<Row> {
  rows: Row[];
  /** Rows beyond those. */
  left_out: number;
}

/** `element` null: not known, or of no element, as where the mouse was shaken; "": the page itself. */
export interface ClickRow {
  page: string | null;
  element: string | null;
  tag: string | null;
  role: string | null;
  rage: number;
  dead: number;
  thrash: number;
  sessions: number;
}

/** `form` null: not known; "": fields outside of any form. */
export interface FormRow {
  page: string | null;
  form: string | null;
  started: number;
  submitted: number;
  abandoned: number;
  sessions: number;
  /** The last fields that were begun before it was left, the most frequent first. */
  left_at: { field: string; times: number }[];
}

export interface AttentionRow {
  page: string | null;
  views: number;
  /** The median. */
  engaged_ms: number;
  /** Of these views, by percent of the page. */
  scrolled: { "25": number; "50": number; "75": number; "100": number };
}

export type Rating = "good" | "needs improvement" | "poor";

export interface Vital {
  /** The 75th percentile; null where none was measured. */
  p75: number | null;
  measured: number;
  rating: Rating | null;
}

export interface SpeedRow {
  page: string | null;
  views: number;
  /** Views of which a vital was past what is good. */
  slow: number;
  lcp_ms: Vital;
  cls: Vital;
  inp_ms: Vital;
}

export interface ErrorRow {
  page: string | null;
  errors: number;
  sessions: number;
}

/** `read`: so many reports; `sampled`: there are more. */
interface Read {
  read: number;
  sampled: boolean;
}

export interface Behaviour {
  clicks: Listed<ClickRow> & { rage: number; dead: number; thrash: number; sessions: number };
  forms: Listed<FormRow>;
  attention: Listed<AttentionRow> & Read;
  speed: Listed<SpeedRow> & Read;
  errors: Listed<ErrorRow> & { errors: number; sessions: number };
}

type Asked = { project: string; from: number; to: number; filter?: string[]; limit: number };

export function getBehaviour(asked: Asked, abort?: AbortSignal): Promise<Behaviour> {
  return get<Behaviour>("behaviour", { ...asked }, abort);
}
