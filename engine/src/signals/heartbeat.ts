import { Field } from "../generated/vectorFields";
import { isolated } from "../host/isolated";
import { record } from "../record";
import { onPage, readVector } from "./vector";

/** How often an engaged visitor's state is sent. Shorter than the attention time, so a reader is never thought gone. */
export const HEARTBEAT_MS = 10_000;

/** Less is not worth an event: the last beat of a page may come just after another. */
const REPORT_FROM_MS = 100;

let reported = 0;
let event: string;
let timer: ReturnType<typeof setInterval> | undefined;

/** Reports the engaged time since the report before, where there is any. */
export const beat = isolated(() => {
  if (!timer) return;
  const vector = readVector();
  const engaged_ms = Math.round(vector[Field.engaged_ms] - reported);
  if (engaged_ms < REPORT_FROM_MS) return;
  reported += engaged_ms;
  record("track", event, { engaged_ms, scroll_depth: Math.round(vector[Field.scroll_depth]) }, vector);
});

/** Beats for each page view, of which nothing is reported yet. */
export function watchBeats(name: string): void {
  event = name;
  onPage(() => {
    stopBeating();
    reported = 0;
    timer = setInterval(beat, HEARTBEAT_MS);
  });
}

export function stopBeating(): void {
  // By the HTML standard it ends intervals, too.
  clearTimeout(timer);
  timer = undefined;
}
