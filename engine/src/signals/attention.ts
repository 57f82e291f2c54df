import { Field } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { now } from "../host/now";
import { addShare } from "./vector";

/** Without a sign of life for this long, the visitor is taken to have looked away. Long enough to read a paragraph. */
export const ATTENTION_MS = 15_000;

const SIGNS_OF_LIFE = "pointerdown pointermove keydown scroll";

let total = 0;
let before = 0;
let since = 0;
let activeUntil = 0;
let present = false;

/** Milliseconds, up to `at`, in which the visitor was there and within ATTENTION_MS of a sign of life. */
export function engagedMs(at: number): number {
  if (present) total += Math.max(0, Math.min(at, activeUntil) - since);
  since = at;
  return total;
}

export function signOfLife(at: number): void {
  engagedMs(at);
  activeUntil = at + ATTENTION_MS;
}

export function setPresent(there: boolean, at: number): void {
  engagedMs(at);
  present = there;
}

/** There means that the page is visible, and focused, also when the focus is in a frame of it. */
export function watchAttention(): void {
  addShare(
    (vector, at) => {
      vector[Field.engaged_ms] = engagedMs(at) - before;
    },
    (at) => {
      before = engagedMs(at);
    },
  );
  const look = () => setPresent(!document.hidden && document.hasFocus(), now());
  look();
  signOfLife(now());
  listen(SIGNS_OF_LIFE, () => signOfLife(now()));
  // On blur the focus may be moving into a frame of this page: only afterwards is it known where it went.
  listen("visibilitychange focus blur", () => setTimeout(look));
}
