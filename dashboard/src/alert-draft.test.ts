import { expect, test } from "vitest";
import { conditionOf, EMPTY, type How, ruleOf } from "./alert-draft";

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
