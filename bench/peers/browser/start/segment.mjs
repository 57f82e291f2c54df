import { AnalyticsBrowser } from "@segment/analytics-next";

// The settings are what Segment's servers would answer, for a source that has no destinations.
const segment = AnalyticsBrowser.load(
  { writeKey: "bench", cdnSettings: { integrations: { "Segment.io": { apiKey: "bench" } } } },
  { integrations: { "Segment.io": { apiHost: `${location.host}/v1`, protocol: "http" } } },
);
segment.page();
