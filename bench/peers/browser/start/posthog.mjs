import posthog from "posthog-js";

// Replay, surveys and the like are what the server's configuration asks for; this server asks for none of them.
posthog.init("phc_bench", { api_host: location.origin, defaults: "2025-05-24" });
