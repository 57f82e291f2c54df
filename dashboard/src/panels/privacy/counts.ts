/** What an erasure removed, in words: "3 events, 1 session". */

import { exactCount } from "../../format";

export function removedInWords(counts: Record<string, number>): string {
  const told = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${exactCount(count)} ${counted(name.replaceAll("_", " "), count)}`);
  return told.length ? told.join(", ") : "nothing was held";
}

/** One batch, session, entry; several of them are named as they come. */
function counted(names: string, count: number): string {
  if (count !== 1) return names;
  return names.replace(/ies\b|ches\b|s\b/, (ending) => ({ ies: "y", ches: "ch" })[ending] ?? "");
}
