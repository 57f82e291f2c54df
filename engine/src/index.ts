// What `import { start } from "gooddata-engine"` gives.
import { createEngine } from "./engine";
import type { EngineOptions, GoodData } from "./publicApi";

export type * from "./publicApi";

/** Starts collection on this page, and returns the same object that the script tag calls `window.gooddata`. */
export function start(options: EngineOptions): GoodData {
  return createEngine({ ...options, api: options.api.replace(/\/+$/, "") });
}
