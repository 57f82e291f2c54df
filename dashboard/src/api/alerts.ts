/** Alerts: rules, where messages go, and what was said. Changing takes a signed-in browser. */

import { get } from "./request";
import { send } from "./send";

export type Condition =
  | {
      kind: "metric";
      metric: string;
      minutes: number;
      side: "below" | "above";
      value: number;
      compare: "value" | "before" | "week";
    }
  | { kind: "anomaly"; minutes: number; severity: number; metric: string | null }
  | { kind: "health"; measure: "lag" | "rejected" | "silence"; minutes: number; value: number };

export interface AskedRule {
  name: string;
  condition: Condition;
  /** Ids. */
  destinations: string[];
  looks: number;
  quiet_minutes: number;
  enabled: boolean;
}

export interface Rule extends AskedRule {
  rule: string;
  in_words: string;
  state: "new" | "quiet" | "firing" | "unknown" | "paused";
  observed: number | null;
  /** Why nothing could be said at the newest look. */
  note: string | null;
  /** Since when it is firing, or is not, in epoch milliseconds. */
  since: number | null;
  looked_at: number | null;
}

export interface Destination {
  destination: string;
  name: string;
  kind: "webhook" | "email";
  target: string;
}

export interface MadeDestination {
  destination: string;
  /** Signs what a webhook gets; shown this once. */
  key: string | null;
}

export interface Tested {
  delivered: boolean;
  answer: string;
}

export interface Delivery {
  delivery: string;
  destination: string;
  test: boolean;
  state: "waiting" | "delivered" | "failed";
  attempts: number;
  answer: string | null;
  text: string;
  created_at: number;
  next_at: number | null;
}

export const alertsApi = {
  rules: (project: string, abort?: AbortSignal) => get<{ rules: Rule[] }>("alerts", { project }, abort),
  destinations: (project: string, abort?: AbortSignal) =>
    get<{ destinations: Destination[] }>("alerts/destinations", { project }, abort),
  deliveries: (project: string, abort?: AbortSignal) =>
    get<{ deliveries: Delivery[] }>("alerts/deliveries", { project, limit: 50 }, abort),
  addRule: (project: string, rule: AskedRule) => change<{ rule: string }>("POST", "alerts/rules", project, rule),
  changeRule: (project: string, id: string, rule: AskedRule) =>
    change<{ rule: string }>("PUT", `alerts/rules/${id}`, project, rule),
  removeRule: (project: string, id: string) => change<null>("DELETE", `alerts/rules/${id}`, project),
  addDestination: (project: string, asked: Omit<Destination, "destination">) =>
    change<MadeDestination>("POST", "alerts/destinations", project, asked),
  removeDestination: (project: string, id: string) => change<null>("DELETE", `alerts/destinations/${id}`, project),
  renewKey: (project: string, id: string) => change<MadeDestination>("POST", `alerts/destinations/${id}/key`, project),
  test: (project: string, id: string) => change<Tested>("POST", `alerts/destinations/${id}/test`, project),
};

function change<Answer>(
  method: Parameters<typeof send>[0],
  path: string,
  project: string,
  body?: unknown,
): Promise<Answer> {
  return send(method, path, { project }, body);
}
