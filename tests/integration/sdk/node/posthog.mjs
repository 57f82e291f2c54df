// Sends with posthog-node: `calls` (each method once), `three` (three events), `flags`, or a refused event whose uuid
// is given. Prints what went wrong, or the flags.
import { PostHog } from "posthog-node";

const [what, host, key, captureMode] = process.argv.slice(2);
if (captureMode) process.env.POSTHOG_CAPTURE_MODE = captureMode;
const posthog = new PostHog(key, { host, fetchRetryDelay: 100, flushAt: 10 });
const errors = [];
posthog.on("error", (error) => errors.push(String(error)));

if (what === "calls") {
  const timestamp = new Date(Date.now() - 300_000);
  posthog.capture({
    distinctId: "u",
    event: "Buy",
    properties: { price: 1.5, $session_id: "s1", $set: { vip: true }, $current_url: "https://a.example/x" },
    groups: { company: "acme" },
    timestamp,
    uuid: "01a21253-d27b-7bd0-815b-1383dbae0f28",
  });
  posthog.identify({ distinctId: "u", properties: { plan: "free", $set_once: { first: "today" }, $anon_distinct_id: "a" } });
  posthog.alias({ distinctId: "u", alias: "former" });
  posthog.groupIdentify({ groupType: "company", groupKey: "acme", properties: { name: "Acme" }, distinctId: "u" });
} else if (what === "three") {
  for (const number of [0, 1, 2]) posthog.capture({ distinctId: "u", event: `Buy ${number}` });
} else if (what === "flags") {
  const flags = await posthog.evaluateFlags("u");
  errors.push(flags.getFlag("anything") ?? null, await posthog.getAllFlags("u"));
} else {
  posthog.capture({ distinctId: "u", event: "x".repeat(600), uuid: what });
  posthog.capture({ distinctId: "u", event: "Buy" });
}
// While it waits to send again, the SDK does not keep a process alive that has nothing else to do.
const busy = setInterval(() => {}, 1_000);
await posthog.shutdown();
clearInterval(busy);
console.log(JSON.stringify(errors));
