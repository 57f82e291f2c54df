/** What an erasure removed, in words: "3 events, 1 session". */

import { exactCount } from "../../format";

export function removedInWords(counts: Record<string, number>): string {
  const told = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${exactCount(count)} ${name.replaceAll("_", " ")}`);
  return told.length ? told.join(", ") : "nothing was held";
}
