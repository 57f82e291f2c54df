/** Conditions on events as the API writes them (colour==red), and properties in words. */

import type { Bucket, Value } from "./api/events";
import { count } from "./format";

export interface Condition {
  property: string;
  value: string;
}

export const MOST_CONDITIONS = 5;

/** Null: it is none, as in a link that was cut off. */
export function parseCondition(text: string): Condition | null {
  const at = text.indexOf("==");
  return at < 1 ? null : { property: text.slice(0, at), value: text.slice(at + 2) };
}

export function printCondition({ property, value }: Condition): string {
  return `${property}==${value}`;
}

/** With one more; of the same property, the new one takes its place. Null where no more may be combined. */
export function withCondition(conditions: string[], property: string, value: Value): string[] | null {
  const kept = conditions.filter((each) => parseCondition(each)?.property !== property);
  return kept.length < MOST_CONDITIONS ? [...kept, printCondition({ property, value: String(value) })] : null;
}

const WORDS: Record<string, string> = { engaged_ms: "engaged time (ms)", scroll: "scroll depth (%)" };

/** A property's name as people read it. */
export function propertyInWords(property: string): string {
  return WORDS[property] ?? property;
}

export function valueInWords(value: Value): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "number" ? numberInWords(value) : value || "(empty)";
}

const hundredths = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const small = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** With the digits that say something. */
export function numberInWords(value: number): string {
  if (Math.abs(value) >= 100_000) return count(value);
  return (Math.abs(value) < 1 ? small : hundredths).format(value);
}

/** A bucket of whole numbers, one wide, is that number. */
export function bucketInWords({ from, to }: Bucket, isWhole: boolean): string {
  if (from === null) return `below ${numberInWords(to ?? 0)}`;
  if (to === null) return `${numberInWords(from)} and more`;
  return isWhole && to - from === 1 ? numberInWords(from) : `${numberInWords(from)} to ${numberInWords(to)}`;
}
