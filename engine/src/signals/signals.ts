import type { Signal } from "../publicApi";
import { watchAttention } from "./attention";
import { watchClicks } from "./clicks";
import { watchCopies } from "./copies";
import { watchBeats } from "./heartbeat";
import { watchHides } from "./hides";
import { watchKeys } from "./keys";
import { watchPointer } from "./pointer";
import { watchScrolling } from "./scrolling";

/** What watches the page, by the names that the option `off` knows. Page views have no switch: `page()` rests on them. */
const WATCHES: Record<Signal, () => void> = {
  attention: watchAttention,
  clicks: watchClicks,
  copies: watchCopies,
  engagement: watchBeats,
  hides: watchHides,
  keys: watchKeys,
  pointer: watchPointer,
  scroll: watchScrolling,
};

export function watchSignals(off: readonly Signal[]): void {
  for (const [name, watch] of Object.entries(WATCHES)) if (!off.includes(name as Signal)) watch();
}
