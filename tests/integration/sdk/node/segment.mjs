// Sends with @segment/analytics-node: `calls` (each method once) or `three` (three tracks). Prints what went wrong.
import { Analytics } from "@segment/analytics-node";

const [what, host, writeKey] = process.argv.slice(2);
const analytics = new Analytics({ host, writeKey, maxRetries: 5 });
const errors = [];
analytics.on("error", (error) => errors.push(`${error.code}: ${error.reason?.message ?? error.reason}`));

if (what === "calls") {
  const timestamp = new Date(Date.now() - 300_000);
  const context = { ip: "8.8.8.8" };
  const integrations = { Amplitude: false };
  analytics.track({
    anonymousId: "a",
    userId: "u",
    event: "Buy",
    properties: { price: 1.5 },
    messageId: "m-track",
    timestamp,
    context,
    integrations,
  });
  analytics.page({ anonymousId: "a", name: "Home", category: "Docs", properties: { url: "https://a.example/x?y" } });
  analytics.screen({ userId: "u", name: "Settings", properties: { dark: true } });
  analytics.identify({ anonymousId: "a", userId: "u", traits: { plan: "free", logins: 5 } });
  analytics.group({ userId: "u", groupId: "acme", traits: { name: "Acme" } });
  analytics.alias({ previousId: "a", userId: "u" });
} else if (what === "three") {
  for (const number of [0, 1, 2]) analytics.track({ userId: "u", event: `Buy ${number}` });
} else {
  analytics.track({ userId: "u", event: "x".repeat(600), messageId: what });
  analytics.track({ userId: "u", event: "Buy" });
}
await analytics.closeAndFlush({ timeout: 30_000 });
console.log(JSON.stringify(errors));
