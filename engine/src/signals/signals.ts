import { soon } from "../host/listen";
import type { Signal } from "../publicApi";
import { watchAttention } from "./attention";
import { watchClicks } from "./clicks";
import { watchCursorThrash } from "./cursorThrash";
import { watchDeadClicks } from "./deadClicks";
import { watchErrors } from "./errors";
import { watchExitIntent } from "./exitIntent";
import { watchForms } from "./forms";
import { watchBeats } from "./heartbeat";
import { watchDownloads, watchOutboundLinks } from "./links";
import { watchPointer } from "./pointer";
import { watchQuickBacks } from "./quickBack";
import { watchRageClicks } from "./rageClicks";
import { watchScrolling } from "./scrolling";
import { watchCopies, watchSelection } from "./selection";
import { watchWebVitals } from "./webVitals";

/**
 * What watches the page, by the names that the option `off` knows: those of the events, without their dollar sign, or of
 * what the vector holds. Page views have no switch, since everything is counted by them.
 */
const WATCHES: Record<Signal, (name: string) => void> = {
  attention: watchAttention,
  click: watchClicks,
  copy: watchCopies,
  cursor_thrash: watchCursorThrash,
  dead_click: watchDeadClicks,
  download: watchDownloads,
  engagement: watchBeats,
  error: watchErrors,
  exit_intent: watchExitIntent,
  form: watchForms,
  outbound: watchOutboundLinks,
  pointer: watchPointer,
  quick_back: watchQuickBacks,
  rage_click: watchRageClicks,
  scroll: watchScrolling,
  selection: watchSelection,
  web_vitals: watchWebVitals,
};

/** Each from a task of its own on. */
export function watchSignals(off: string[]): void {
  for (const [name, watch] of Object.entries(WATCHES)) if (!off.includes(name)) soon(() => watch(`$${name}`));
}
