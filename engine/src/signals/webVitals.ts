import { Field } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { navigationTiming } from "../host/navigation";
import { now } from "../host/now";
import { notice } from "./notice";
import { addShare } from "./vector";

// The definitions are those of the Core Web Vitals (web.dev/articles/vitals).

/** Layout shifts count together while they follow each other within a second, for five seconds at most. */
const SHIFT_GAP_MS = 1000;
const SHIFTS_MS = 5000;
/** One slow interaction in so many is left out of account: the measure is about the 98th percentile. */
const INTERACTIONS_PER_OUTLIER = 50;
const LONGEST_KEPT = 10;
/** Durations are whole frames, and shorter interactions are good ones. */
const SLOW_MS = 40;

type Entry = PerformanceEntry & { value: number; hadRecentInput: boolean; interactionId: number };

let vitals: { cls: number; inp_ms?: number; lcp_ms?: number; fcp_ms?: number; ttfb_ms: number };
let longest: [duration: number, id: number][];
/** Interactions before the page came back from the back/forward cache. */
let before: number;
let reported: string;
let observer: PerformanceObserver | undefined;
let note: (entry: PerformanceEntry) => void;
let event: string;
/** What is painted once the page was in the background tells nothing of how long anyone waited. */
let seen: boolean;

const interactions = () => (performance as { interactionCount?: number }).interactionCount ?? longest.length;

function begin(ttfb_ms: number): void {
  vitals = { cls: 0, ttfb_ms };
  longest = [];
  before = interactions();
}

function readVitals(): typeof vitals {
  observer?.takeRecords().forEach(note);
  const outliers = ((interactions() - before) / INTERACTIONS_PER_OUTLIER) | 0;
  const slow = longest[Math.min(longest.length - 1, outliers)];
  if (slow) vitals.inp_ms = slow[0];
  return vitals;
}

/** The page is hidden, perhaps for good: records the values, if any has changed since they were recorded last. */
export function reportVitals(): void {
  seen = false;
  if (!observer || !readVitals().fcp_ms) return;
  const values = JSON.stringify(vitals);
  if (values !== reported) notice(event, undefined, vitals);
  reported = values;
}

export function stopVitals(): void {
  observer?.disconnect();
  observer = undefined;
}

export function watchWebVitals(name: string): void {
  const load = navigationTiming();
  // Where a page was prerendered, nobody waited before it was shown.
  const waited = (at = 0) => Math.max(0, at - (load?.activationStart ?? 0));
  seen = !document.hidden;
  let first = 0;
  let last = -1e9;
  let shifts = 0;
  event = name;
  begin(waited(load?.responseStart));
  note = (entry) => {
    const { name, entryType, startTime, duration, value, hadRecentInput, interactionId: interaction } = entry as Entry;
    if (interaction) {
      const known = longest.find(([, id]) => id === interaction);
      if (known) known[0] = Math.max(known[0], duration);
      else longest.push([duration, interaction]);
      longest.sort(([a], [b]) => b - a).splice(LONGEST_KEPT);
    } else if (hadRecentInput === false) {
      if (startTime - last >= SHIFT_GAP_MS || startTime - first >= SHIFTS_MS) {
        shifts = 0;
        first = startTime;
      }
      last = startTime;
      shifts += value;
      vitals.cls = Math.max(vitals.cls, shifts);
    } else if (seen) {
      if (name === "first-contentful-paint") vitals.fcp_ms = waited(startTime);
      if (entryType === LARGEST_PAINT) vitals.lcp_ms = waited(startTime);
    }
  };
  observer = new PerformanceObserver((list) => list.getEntries().forEach(note));
  for (const type of ["paint", LARGEST_PAINT, "layout-shift", "first-input", "event"]) {
    if (!PerformanceObserver.supportedEntryTypes.includes(type)) continue;
    observer.observe({ type, buffered: true, durationThreshold: SLOW_MS } as PerformanceObserverInit);
  }
  listen<PageTransitionEvent>("pageshow", ({ persisted, timeStamp }) => {
    if (!persisted) return;
    begin(0);
    // The frame after the next one is the first that is painted for certain.
    const frame = requestAnimationFrame;
    frame(() =>
      frame(() => {
        vitals.fcp_ms = vitals.lcp_ms = now() - timeStamp;
      }),
    );
  });
  addShare((vector) => {
    const { lcp_ms, cls, inp_ms } = readVitals();
    vector[Field.lcp_ms] = lcp_ms ?? 0;
    vector[Field.cls_milli] = cls * 1000;
    vector[Field.inp_ms] = inp_ms ?? 0;
  });
}

const LARGEST_PAINT = "largest-contentful-paint";
