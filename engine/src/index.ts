// What `import { start } from "gooddata-engine"` gives. Its types are read by Node's rules, too, which want file names.
import { createEngine } from "./engine";
import type { EngineOptions, GoodData } from "./publicApi.js";

export type * from "./publicApi.js";

/** Starts collection on this page, and returns the same object that the script tag calls `window.gooddata`. */
export function start(options: EngineOptions): GoodData {
  const absolute = { ...options, api: new URL(options.api, location.href).href.replace(/\/+$/, "") };
  return createEngine(() => absolute);
}
