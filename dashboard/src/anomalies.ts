/** Anomalies in words. */

import type { Anomaly } from "./api/findings";
import { count, share } from "./format";

const METRIC_WORDS: Record<string, string> = {
  events: "events",
  pageviews: "page views",
  sessions: "sessions",
  conversions: "conversions",
  conversion_rate: "conversion rate",
  errors: "errors",
};

export function metricInWords(metric: string): string {
  return METRIC_WORDS[metric] ?? metric;
}

function drivenBy({ driver }: Anomaly): string {
  if (driver === null) return "";
  return `; ${share(driver.share)} of the difference comes from ${driver.dimension} ${driver.value}`;
}

/** "9 sessions: 40 to 61 were to be expected; 80% of the difference comes from source google". */
export function anomalyInWords(anomaly: Anomaly): string {
  const of = anomaly.dimension ? ` (${anomaly.dimension} ${anomaly.value})` : "";
  const isShare = anomaly.metric === "conversion_rate";
  const show = (value: number) => (isShare ? `${(value * 100).toFixed(1)}%` : count(Math.round(value)));
  const what = `${show(anomaly.observed)} ${metricInWords(anomaly.metric)}${of}`;
  const expected = `${show(Math.max(0, anomaly.low))} to ${show(anomaly.high)} were to be expected`;
  return `${what}: ${expected}${drivenBy(anomaly)}`;
}
