import { expect, test } from "vitest";
import { anomalyInWords } from "./anomalies";

const DROP = {
  metric: "sessions",
  dimension: "",
  value: "",
  bucket: 0,
  seconds: 3600,
  observed: 9,
  low: 40.2,
  high: 61,
  driver: null,
};

test("an anomaly is told with what was to be expected, and what drives it", () => {
  expect(anomalyInWords(DROP)).toBe("9 sessions: 40 to 61 were to be expected");
  expect(anomalyInWords({ ...DROP, driver: { dimension: "source", value: "google", share: 0.8 } })).toBe(
    "9 sessions: 40 to 61 were to be expected; 80% of the difference comes from source google",
  );
  const rate = {
    ...DROP,
    metric: "conversion_rate",
    dimension: "device",
    value: "mobile",
    observed: 0.01,
    low: -0.1,
    high: 0.07,
  };
  expect(anomalyInWords(rate)).toBe("1.0% conversion rate (device mobile): 0.0% to 7.0% were to be expected");
});
