/** A rule as the form has it, and the condition that it asks for. */

import type { AskedRule, Condition, Rule } from "./api/alerts";

export const METRICS = ["sessions", "visitors", "pageviews", "events", "conversions", "revenue"] as const;
export type What = (typeof METRICS)[number] | "anomaly" | "lag" | "rejected" | "silence";
export type How = "below" | "above" | "fall-before" | "rise-before" | "fall-week" | "rise-week";
export type Unit = "minutes" | "hours" | "days";

export interface Draft {
  name: string;
  what: What;
  how: How;
  value: string;
  length: string;
  unit: Unit;
  looks: string;
  quiet: string;
  destinations: string[];
  /** Of which metric an anomaly is to be; null of any. */
  anomalyOf: string | null;
}

export const ANOMALIES_OF: { value: string; text: string }[] = [
  { value: "", text: "of any metric" },
  { value: "events", text: "of events" },
  { value: "pageviews", text: "of page views" },
  { value: "sessions", text: "of sessions" },
  { value: "conversions", text: "of conversions" },
  { value: "conversion_rate", text: "of the conversion rate" },
  { value: "errors", text: "of errors" },
];

export const WHATS: { value: What; text: string }[] = [
  { value: "sessions", text: "sessions" },
  { value: "visitors", text: "visitors" },
  { value: "pageviews", text: "page views" },
  { value: "events", text: "events" },
  { value: "conversions", text: "conversions" },
  { value: "revenue", text: "revenue" },
  { value: "anomaly", text: "an anomaly" },
  { value: "silence", text: "no event" },
  { value: "rejected", text: "rejected events" },
  { value: "lag", text: "the workers' lag" },
];

export const HOWS: { value: How; text: string }[] = [
  { value: "below", text: "below" },
  { value: "above", text: "above" },
  { value: "fall-before", text: "down on the time before, by %" },
  { value: "rise-before", text: "up on the time before, by %" },
  { value: "fall-week", text: "down on a week before, by %" },
  { value: "rise-week", text: "up on a week before, by %" },
];

/** What the number of the form means; null where there is none to give. */
export const VALUE_OF: Record<"anomaly" | "lag" | "rejected" | "silence", string | null> = {
  anomaly: "severity, 0.6 to 1",
  lag: "seconds behind",
  rejected: "percent of events",
  silence: null,
};

const MINUTES: Record<Unit, number> = { minutes: 1, hours: 60, days: 1440 };

export const EMPTY: Draft = {
  name: "",
  what: "sessions",
  how: "below",
  value: "10",
  length: "1",
  unit: "hours",
  looks: "2",
  quiet: "10",
  destinations: [],
  anomalyOf: null,
};

/** A rule as the form has it: `ruleOf` makes the same rule of it again. */
export function draftOf(rule: AskedRule): Draft {
  const { name, condition, looks, quiet_minutes: quiet, destinations } = rule;
  const kept = {
    ...EMPTY,
    name,
    looks: String(looks),
    quiet: String(quiet),
    destinations,
    ...lengthOf(condition.minutes),
  };
  if (condition.kind === "anomaly") {
    return { ...kept, what: "anomaly", value: String(condition.severity), anomalyOf: condition.metric };
  }
  if (condition.kind === "health") return { ...kept, what: condition.measure, value: String(condition.value) };
  const { side, compare } = condition;
  const how: How =
    compare === "value" ? side : side === "below" ? (`fall-${compare}` as const) : (`rise-${compare}` as const);
  return { ...kept, what: condition.metric as What, how, value: String(condition.value) };
}

/** The longest unit of which the minutes are a whole number. */
function lengthOf(minutes: number): Pick<Draft, "length" | "unit"> {
  const unit = (["days", "hours"] as const).find((each) => minutes % MINUTES[each] === 0) ?? "minutes";
  return { length: String(minutes / MINUTES[unit]), unit };
}

/** A changed rule; whether it is paused stays as it is, and so does what the form does not ask for. */
export function changedRule(draft: Draft, rule: Rule): AskedRule {
  const { condition, ...asked } = ruleOf(draft);
  const was = rule.condition;
  const isSame = was.kind === "health" && condition.kind === "health" && was.measure === condition.measure;
  const unasked =
    isSame && was.measure === "lag"
      ? { minutes: was.minutes }
      : isSame && was.measure === "silence"
        ? { value: was.value }
        : {};
  return { ...asked, condition: { ...condition, ...unasked } as Condition, enabled: rule.enabled };
}

export function isMetric(what: What): boolean {
  return (METRICS as readonly string[]).includes(what);
}

export function conditionOf(draft: Draft): Condition {
  const minutes = Math.round(Number(draft.length) * MINUTES[draft.unit]);
  const value = Number(draft.value);
  if (draft.what === "anomaly") return { kind: "anomaly", minutes, severity: value, metric: draft.anomalyOf };
  if (draft.what === "silence") return { kind: "health", measure: "silence", minutes, value: 0 };
  if (draft.what === "lag") return { kind: "health", measure: "lag", minutes: 1, value };
  if (draft.what === "rejected") return { kind: "health", measure: "rejected", minutes, value };
  const side = draft.how === "below" || draft.how.startsWith("fall") ? "below" : "above";
  const compare = draft.how.endsWith("-before") ? "before" : draft.how.endsWith("-week") ? "week" : "value";
  return { kind: "metric", metric: draft.what, minutes, side, value, compare };
}

export function ruleOf(draft: Draft): AskedRule {
  return {
    name: draft.name.trim(),
    condition: conditionOf(draft),
    destinations: draft.destinations,
    looks: Number(draft.looks),
    quiet_minutes: Number(draft.quiet),
    enabled: true,
  };
}
