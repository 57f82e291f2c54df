/** The owner's questions and changes; everybody else is answered 403. */

import { address, get } from "./request";
import { send } from "./send";
import type { Ledger } from "./traffic";

export interface Install {
  /** Refused: something arrives, and nothing of it is stored. */
  state: "waiting" | "refused" | "arrived";
  ledger: Ledger;
  session: {
    last_at: number;
    entry: string | null;
    page: string | null;
    browser: string | null;
    device: string | null;
  } | null;
  newest: {
    at: string;
    type: string;
    name: string | null;
    page: string | null;
    library: { name: string | null; version: string | null } | null;
  } | null;
}

export interface Key {
  scope: "read" | "write";
  created_at: string;
  /** Null: it does not expire. */
  expires_at: string | null;
}

export interface KnownProject {
  project: string;
  name: string;
  simulated: boolean;
  created_at: string;
  goals: string[];
  /** Known only where the server's data folder keeps it. */
  write_key: string | null;
  keys: Key[];
}

export interface MadeProject {
  project: string;
  write_key: string;
  read_key: string;
}

export interface Rotated {
  project: string;
  write_key: string;
  former_until: string | null;
}

export interface Exclusion {
  kind: string;
  value: string;
}

export interface Recommending {
  exclude_bought: boolean;
  diversity: number;
  new_items: boolean;
}

export interface Rules {
  goals: string[];
  plan: Plan | null;
  properties: string[];
  exclusions: Exclusion[];
  holdout: number;
  recommendations: Recommending;
  most: { properties: number; exclusions: number; holdout: number };
}

export interface Plan {
  mode?: string;
  unplanned?: string;
  events?: Record<string, unknown>;
  types?: Record<string, unknown>;
}

export interface Violation {
  event: string;
  field: string;
  message: string;
  outcome: "stored" | "rejected";
  events: number;
  last_at: string;
}

export interface Receipt {
  project: string;
  kind: "visitor" | "user";
  /** A keyed hash: it names nobody. */
  subject: string;
  erased_until: string;
  visitors: number;
  raw: Record<string, number>;
  analytics: Record<string, number>;
  dead_rows: string;
}

export interface AuditEntry {
  entry: number;
  at: string;
  actor: string;
  login: string | null;
  action: string;
  project: string | null;
  subject: string | null;
  detail: Record<string, unknown>;
}

export interface Trail {
  entries: AuditEntry[];
  next: number | null;
}

export interface KeptKind {
  kind: string;
  what: string;
  /** Null: for ever. */
  days: number | null;
  usual_days: number | null;
  /** Whether the project has a term of its own. */
  own: boolean;
}

export interface Retention {
  kinds: KeptKind[];
  fewest_days: number;
  most_days: number;
}

export interface RejectionGroup {
  reason: string;
  field: string | null;
  events: number;
  first_at: string;
  last_at: string;
}

export interface RejectedEvent {
  id: number;
  received_at: string;
  event_id: string | null;
  field: string | null;
  reason: string;
  replayable: boolean;
  event: string;
  context: string | null;
}

export interface Rejected {
  groups: RejectionGroup[];
  events: RejectedEvent[];
  next: string | null;
}

export interface Replayed {
  offered: number;
  accepted: number;
  duplicate: number;
  spooled: number;
  dropped: number;
  rejected: Record<string, number>;
  cut: number;
  stopped: string | null;
}

export interface Partition {
  partition: number;
  head: number;
  applied: number;
  behind: number;
  lag_ms: number;
  worker: string | null;
}

export interface Pipeline {
  ledger: Ledger;
  /** False while an event log on NATS does not answer: how far anything is behind is not known then. */
  log_answers: boolean;
  lag_ms: number | null;
  partitions: Partition[];
  /** Null where the event log is in the raw database itself. */
  archive: { behind: number; lag_ms: number } | null;
  workers: { name: string; alive: boolean; seen_at: string; partitions: number }[];
  throughput: { t: number; events: number; batches: number }[];
  /** Null where events are taken in by another process. */
  spool: { bytes: number; oldest_at: number | null } | null;
  unreadable: {
    count: number;
    newest: { partition: number; seq: number; place: number; reason: string; recorded_at: string }[];
  };
  operator: boolean;
  replay: boolean;
}

export interface Traced {
  event: string;
  state: "applied" | "waiting" | "unreadable" | "replayed" | "rejected" | "erased" | "unknown";
  why: string;
  batch: { partition: number; seq: number; place: number; received_at: string } | null;
  seen: { type: string; name: string | null; timestamp: number } | null;
  session: string | null;
  rejections: { received_at: string; reason: string; field: string | null; replayed_at: string | null }[];
  /** The steps that it has gone, and those to come. */
  way: { step: string; done: boolean; at: string | null; text: string }[];
}

export type Person = { visitor: string } | { user: string };

export const owner = {
  install: (project: string, details: boolean, abort?: AbortSignal) =>
    get<Install>("install", { project, details: String(details) }, abort),
  projects: (abort?: AbortSignal) => get<{ projects: KnownProject[] }>("projects", {}, abort),
  createProject: (name: string) => send<MadeProject>("POST", "projects", {}, { name }),
  rotateKey: (project: string, keep: string) => send<Rotated>("POST", "keys/rotate", { project }, { keep }),
  rules: (project: string, abort?: AbortSignal) => get<Rules>("rules", { project }, abort),
  setGoals: (project: string, goals: string[]) => send("PUT", "rules/goals", { project }, { goals }),
  setPlan: (project: string, plan: unknown) => send<{ plan: Plan | null }>("PUT", "rules/plan", { project }, { plan }),
  setProperties: (project: string, properties: string[]) =>
    send("PUT", "rules/properties", { project }, { properties }),
  setExclusions: (project: string, exclusions: Exclusion[]) =>
    send(
      "PUT",
      "rules/exclusions",
      { project },
      { exclusions: exclusions.map(({ kind, value }) => ({ kind, value })) },
    ),
  setHoldout: (project: string, share: number) => send("PUT", "rules/holdout", { project }, { share }),
  setRecommending: (project: string, rules: Recommending) =>
    send<Recommending>("PUT", "rules/recommendations", { project }, rules),
  violations: (project: string, abort?: AbortSignal) =>
    get<{ violations: Violation[] }>("rules/plan/violations", { project }, abort),
  erase: (project: string, person: Person) => send<Receipt>("POST", "erasures", { project }, person),
  erasures: (project: string, before: number | null, abort?: AbortSignal) =>
    get<Trail>("erasures", before === null ? { project } : { project, before }, abort),
  audit: (project: string, before: number | null, abort?: AbortSignal) =>
    get<Trail>("audit", before === null ? { project } : { project, before }, abort),
  heldUrl: (project: string, person: Person) => address("held", { project, ...person }),
  retention: (project: string, abort?: AbortSignal) => get<Retention>("retention/terms", { project }, abort),
  setTerm: (project: string, kind: string, term: string, everybody: boolean) =>
    send("PUT", "retention/terms", { project }, { kind, term, everybody }),
  rejected: (project: string, reason: string | null, cursor: string | null, abort?: AbortSignal) =>
    get<Rejected>(
      "rejected",
      { project, limit: 5, ...(reason ? { reason } : {}), ...(cursor ? { cursor } : {}) },
      abort,
    ),
  replay: (project: string, reason: string | null) =>
    send<Replayed>("POST", "rejected/replay", { project }, reason ? { reason } : {}),
  pipeline: (project: string, abort?: AbortSignal) => get<Pipeline>("pipeline", { project }, abort),
  trace: (project: string, event: string, visitor: string, abort?: AbortSignal) =>
    get<Traced>("trace", visitor ? { project, event, visitor } : { project, event }, abort),
};
