/** What the page Behaviour says, in words. */

import type { FormRow, Rating, Vital } from "./api/behaviour";
import { count, duration, plural } from "./format";

/** A path of elements as it is shown: those around it, and itself. */
export interface ElementWords {
  around: string;
  itself: string;
  /** It is no path but says what is meant. */
  isWords: boolean;
}

/** `none` says what an unknown element is, and `whole` the one without a path, which is the page. */
export function elementInWords(path: string | null, none: string, whole: string): ElementWords {
  if (!path) return { around: "", itself: path === null ? none : whole, isWords: true };
  const parts = path.split(">");
  const itself = parts.pop() ?? "";
  return { around: parts.length > 0 ? `${parts.join(" › ")} › ` : "", itself, isWords: false };
}

/** Colours alone would not be seen by everybody: each has a shape and a word. */
export const RATINGS: Record<Rating, { mark: string; look: string }> = {
  good: { mark: "●", look: "good" },
  "needs improvement": { mark: "■", look: "fair" },
  poor: { mark: "▲", look: "poor" },
};

/** The bounds up to which a value is good, and from which on it is poor (web.dev/articles/vitals). */
export const VITALS = [
  { name: "lcp_ms", title: "LCP", meaning: "Largest Contentful Paint", good: "2.5 s", poor: "4 s" },
  { name: "inp_ms", title: "INP", meaning: "Interaction to Next Paint", good: "200 ms", poor: "500 ms" },
  { name: "cls", title: "CLS", meaning: "Cumulative Layout Shift", good: "0.1", poor: "0.25" },
] as const;

export type VitalName = (typeof VITALS)[number]["name"];

export function vitalInWords(name: VitalName, { p75 }: Vital): string {
  if (p75 === null) return "–";
  return name === "cls" ? p75.toFixed(2) : duration(p75);
}

/** Of those who began it; null where nobody is known to have. A form may be sent without any input. */
export function sentShare({ started, submitted }: FormRow): number | null {
  return started > 0 ? Math.min(1, submitted / started) : null;
}

/** What the figures are made from: "from 1,234 reports", or that these are some of more. */
export function readInWords({ read, sampled }: { read: number; sampled: boolean }): string {
  return sampled ? `a sample of ${count(read)} reports, spread over the range` : `from ${plural(read, "report")}`;
}
