import { Field } from "../generated/vectorFields";
import { listen } from "../host/listen";
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

let vitals: { cls?: number; inp_ms?: number; lcp_ms?: number; fcp_ms?: number; ttfb_ms?: number } = {};
let longest: [duration: number, id: number][];
/** Interactions before the page came back from the back/forward cache. */
let before: number;
let reported: string;
let observer: PerformanceObserver | undefined;
let note: (entry: PerformanceEntry) => void;
let event: string;

const interactions = () => (performance as { interactionCount?: number }).interactionCount ?? longest.length;

function set(name: keyof typeof vitals, value: number): void {
  vitals[name] = Math.round(Math.max(0, value) * 1e4) / 1e4;
}

function begin(ttfb: number): void {
  vitals = { cls: 0 };
  longest = [];
  before = interactions();
  reported = "";
  set("ttfb_ms", ttfb);
}

function readVitals(): typeof vitals {
  observer?.takeRecords().forEach(note);
  const outliers = Math.floor((interactions() - before) / INTERACTIONS_PER_OUTLIER);
  const slow = longest[Math.min(longest.length - 1, outliers)];
  if (slow) set("inp_ms", slow[0]);
  return vitals;
}

/** The page is hidden, perhaps for good: records the values, if any has changed since they were recorded last. */
export function reportVitals(): void {
  if (!observer) return;
  const values = JSON.stringify(readVitals());
  if (!vitals.fcp_ms || values === reported) return;
  reported = values;
  notice(event, undefined, vitals);
}

export function stopVitals(): void {
  observer?.disconnect();
  observer = undefined;
}

export function watchWebVitals(name: string): void {
  const [load] = performance.getEntriesByType("navigation") as (PerformanceNavigationTiming & {
    activationStart?: number;
  })[];
  const start = load?.activationStart ?? 0;
  // What is painted while nobody looks tells nothing of how long anyone waited.
  let seen = !document.hidden;
  let first = 0;
  let last = -1e9;
  let shifts = 0;
  event = name;
  begin((load?.responseStart ?? 0) - start);
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
      set("cls", Math.max(vitals.cls as number, shifts));
    } else if (seen) {
      if (name === "first-contentful-paint") set("fcp_ms", startTime - start);
      if (entryType === LARGEST_PAINT) set("lcp_ms", startTime - start);
    }
  };
  observer = new PerformanceObserver((list) => list.getEntries().forEach(note));
  for (const type of ["paint", LARGEST_PAINT, "layout-shift", "first-input", "event"]) {
    if (!PerformanceObserver.supportedEntryTypes.includes(type)) continue;
    observer.observe({ type, buffered: true, durationThreshold: SLOW_MS } as PerformanceObserverInit);
  }
  listen("visibilitychange", () => {
    if (document.hidden) seen = false;
  });
  listen<PageTransitionEvent>("pageshow", ({ persisted, timeStamp }) => {
    if (!persisted) return;
    begin(0);
    // The frame after the next one is the first that is painted for certain.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        set("fcp_ms", now() - timeStamp);
        set("lcp_ms", now() - timeStamp);
      }),
    );
  });
  addShare((vector) => {
    const { lcp_ms, cls, inp_ms } = readVitals();
    vector[Field.lcp_ms] = lcp_ms ?? 0;
    vector[Field.cls_milli] = (cls as number) * 1000;
    vector[Field.inp_ms] = inp_ms ?? 0;
  });
}

const LARGEST_PAINT = "largest-contentful-paint";
