/** A segment as the form has it, and how segments are said. */

import type { AskedSegment, SavedSegment } from "./api/segments";
import { type Filter, filterInWords, parseFilter, printFilter } from "./filters";
import { DAY } from "./range";

export const MOST_DAYS = 90;
export const USUAL_DAYS = 30;

export interface Draft {
  /** Which one is changed; null: it is new. */
  segment: string | null;
  name: string;
  days: string;
}

export const EMPTY: Draft = { segment: null, name: "", days: String(USUAL_DAYS) };

export function draftOf({ segment, name, days }: SavedSegment): Draft {
  return { segment, name, days: String(days) };
}

/** Null: it cannot be saved like this. */
export function askedOf(draft: Draft, filters: Filter[]): AskedSegment | null {
  const name = draft.name.trim();
  const days = Number(draft.days);
  if (name === "" || filters.length === 0 || !Number.isInteger(days) || days < 1 || days > MOST_DAYS) return null;
  return { name, days, filters: filters.map(printFilter) };
}

export function filtersOf(asked: AskedSegment): Filter[] {
  return asked.filters.map(parseFilter).filter((each) => each !== null);
}

/** "page views at least 3, source is not google". What cannot be read is told as it is written. */
export function filtersInWords(filters: string[]): string {
  return filters
    .map((text) => {
      const filter = parseFilter(text);
      if (filter === null) return text;
      const [what, how, value] = filterInWords(filter);
      return `${what} ${how} ${value || "(none)"}`;
    })
    .join(", ");
}

export function withinDays(days: number): string {
  return days === 1 ? "today" : `within ${days} days`;
}

/** Where the window of so many days begins that ends now; days begin at midnight UTC. */
export function windowStart(days: number, now: number): number {
  return Math.floor(now / DAY) * DAY - (days - 1) * DAY;
}
