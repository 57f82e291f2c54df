import type { Intelligence, QueuedEvent } from "../../src/publicApi";

declare global {
  interface Window {
    /** Milliseconds from each click to the first score that counts it, for whoever measures. */
    __gooddataLatencies: number[];
  }
}

const waiting = new Map<string, number>();
window.__gooddataLatencies = [];

/** Starts the clock of a click. */
export function noteClick({ id, name }: QueuedEvent): void {
  if (name === "$click") waiting.set(id, performance.now());
}

/** Stops the clocks of the clicks that a score has counted: ids of one browser sort by time. */
export function noteScore({ last_event }: Intelligence): void {
  if (!last_event) return;
  for (const [id, at] of waiting) {
    if (id > last_event) continue;
    waiting.delete(id);
    window.__gooddataLatencies.push(Math.round(performance.now() - at));
  }
}

export function latestLatency(): number | undefined {
  return window.__gooddataLatencies[window.__gooddataLatencies.length - 1];
}

export function medianLatency(): number | undefined {
  const sorted = [...window.__gooddataLatencies].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
