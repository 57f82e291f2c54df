import { type Filter, printFilter } from "../filters";
import type { Live } from "../live";
import { LENGTH_OF, type Range, type TimeWindow } from "../range";
import type { Pace } from "../resource";

/** What every panel of a page asks about. */
export interface Question {
  project: string;
  range: Range;
  /** Equal keys ask the same: what useResource compares. */
  key: string;
  /** The window at this moment: rolling ranges move on. */
  window: () => TimeWindow;
  live: Live;
  filters: Filter[];
}

/** What the API is asked: the window at this moment, and the filters. */
export function periodOf(question: Question): { project: string; from: number; to: number; filter: string[] } {
  const { from, to } = question.window();
  return { project: question.project, from, to, filter: question.filters.map(printFilter) };
}

const LIVE_MS = 2000;
const IDLE_MS = 30_000;
const PAST_MS = 10_000;

/** A window that ends now follows the live stream closely; one in the past changes only by late or replayed events. */
export function paceOf(question: Question): Pace {
  const { live, interval } = question.window();
  if (!live) return { beat: question.live.beat, atLeastMs: PAST_MS };
  return {
    beat: question.live.beat,
    atLeastMs: LIVE_MS,
    idleMs: Math.min(IDLE_MS, LENGTH_OF[interval]),
  };
}
