import { exactCount } from "../../format";

/** For how long so many days are; null, and infinitely many, are for ever. */
export function inWords(days: number | null): string {
  if (days === null || days === Number.POSITIVE_INFINITY) return "for ever";
  if (days % 365 === 0) return days === 365 ? "for a year" : `for ${days / 365} years`;
  return `for ${exactCount(days)} days`;
}
