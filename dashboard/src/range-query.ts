/** A range as parts of a URL query, and back: ?range=7d, or ?range=custom&from=...&to=... (ISO 8601 or epoch ms). */

import type { Range } from "./range";

const NAMED = ["30m", "24h", "7d", "30d", "all"] as const;

/** Null removes a part from the query. */
export function rangeParts(range: Range): Record<"range" | "from" | "to", string | null> {
  if (range.name !== "custom") return { range: range.name, from: null, to: null };
  return { range: "custom", from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() };
}

/** Null: the query names no range, or none that makes sense. */
export function rangeFrom(query: URLSearchParams): Range | null {
  const wanted = query.get("range");
  if (wanted === "custom" || (wanted === null && query.has("from"))) {
    const from = instant(query.get("from"));
    const to = instant(query.get("to")) ?? Date.now();
    return from !== null && from < to ? { name: "custom", from, to } : null;
  }
  const name = NAMED.find((each) => each === wanted);
  return name ? { name } : null;
}

function instant(text: string | null): number | null {
  if (text === null) return null;
  const parsed = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(parsed) ? parsed : null;
}
