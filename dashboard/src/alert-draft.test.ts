import { expect, test } from "vitest";
import { changedRule, conditionOf, draftOf, EMPTY, type How, ruleOf } from "./alert-draft";
import type { Condition, Rule } from "./api/alerts";

test("a metric is asked for by its side and what it is compared with", () => {
  expect(conditionOf(EMPTY)).toEqual({
    kind: "metric",
    metric: "sessions",
    minutes: 60,
    side: "below",
    value: 10,
    compare: "value",
  });
  const asked = (how: How) => {
    const condition = conditionOf({ ...EMPTY, how });
    return condition.kind === "metric" && [condition.side, condition.compare];
  };
  expect(asked("above")).toEqual(["above", "value"]);
  expect(asked("fall-before")).toEqual(["below", "before"]);
  expect(asked("rise-before")).toEqual(["above", "before"]);
  expect(asked("fall-week")).toEqual(["below", "week"]);
  expect(asked("rise-week")).toEqual(["above", "week"]);
});

test("anomalies and the pipeline's health have conditions of their own", () => {
  expect(conditionOf({ ...EMPTY, what: "anomaly", value: "0.8", length: "2" })).toEqual({
    kind: "anomaly",
    minutes: 120,
    severity: 0.8,
    metric: null,
  });
  expect(conditionOf({ ...EMPTY, what: "silence", length: "15", unit: "minutes", value: "7" })).toEqual({
    kind: "health",
    measure: "silence",
    minutes: 15,
    value: 0,
  });
  expect(conditionOf({ ...EMPTY, what: "lag", value: "30", length: "" })).toEqual({
    kind: "health",
    measure: "lag",
    minutes: 1,
    value: 30,
  });
  expect(conditionOf({ ...EMPTY, what: "rejected", value: "5", unit: "days" })).toEqual({
    kind: "health",
    measure: "rejected",
    minutes: 1440,
    value: 5,
  });
});

test("a rule has a name without blanks around it, and numbers", () => {
  expect(ruleOf({ ...EMPTY, name: " few ", destinations: ["a"] })).toMatchObject({
    name: "few",
    destinations: ["a"],
    looks: 2,
    quiet_minutes: 10,
    enabled: true,
  });
});

const CONDITIONS: Condition[] = [
  { kind: "metric", metric: "revenue", minutes: 90, side: "below", value: 10.5, compare: "value" },
  { kind: "metric", metric: "sessions", minutes: 60, side: "above", value: 1e12, compare: "value" },
  { kind: "metric", metric: "visitors", minutes: 1440, side: "below", value: 30, compare: "before" },
  { kind: "metric", metric: "events", minutes: 10080, side: "above", value: 30, compare: "week" },
  { kind: "anomaly", minutes: 1, severity: 0.75, metric: null },
  { kind: "anomaly", minutes: 120, severity: 0, metric: "conversion_rate" },
  { kind: "health", measure: "silence", minutes: 15, value: 3 },
  { kind: "health", measure: "rejected", minutes: 2880, value: 0 },
  { kind: "health", measure: "lag", minutes: 60, value: 30 },
];

function kept(condition: Condition): Rule {
  const asked = { name: "few", condition, destinations: ["a", "b"], looks: 3, quiet_minutes: 25, enabled: false };
  return {
    ...asked,
    rule: "r",
    in_words: "",
    state: "paused",
    observed: null,
    note: null,
    since: null,
    looked_at: null,
  };
}

test.each(CONDITIONS)(
  "a rule that is opened and saved without a change stays what it was: $kind $minutes",
  (condition) => {
    const { rule: _, in_words, state, observed, note, since, looked_at, ...asked } = kept(condition);
    expect(changedRule(draftOf(kept(condition)), kept(condition))).toEqual(asked);
  },
);

test("what is changed in a rule is changed, and nothing else", () => {
  const rule = kept(CONDITIONS[8] as Condition);
  const changed = changedRule({ ...draftOf(rule), value: "90", name: "slow" }, rule);
  expect(changed).toMatchObject({
    name: "slow",
    condition: { measure: "lag", minutes: 60, value: 90 },
    enabled: false,
  });
  const other = changedRule({ ...draftOf(rule), what: "silence", length: "5", unit: "minutes" }, rule);
  expect(other.condition).toEqual({ kind: "health", measure: "silence", minutes: 5, value: 0 });
});

test("minutes are shown in the longest unit that they fill", () => {
  const shown = (minutes: number) => {
    const { length, unit } = draftOf(kept({ kind: "anomaly", minutes, severity: 1, metric: null }));
    return `${length} ${unit}`;
  };
  expect([1, 60, 90, 1440, 1500].map(shown)).toEqual(["1 minutes", "1 hours", "90 minutes", "1 days", "25 hours"]);
});
