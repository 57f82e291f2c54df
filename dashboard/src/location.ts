/** What the page shows is in its URL query, so that it can be reloaded, bookmarked and sent to someone. */

import { computed, signal } from "@preact/signals";
import type { Range } from "./range";
import { rangeFrom, rangeParts } from "./range-query";

const query = signal(new URLSearchParams(window.location.search));

window.addEventListener("popstate", () => {
  query.value = new URLSearchParams(window.location.search);
});

export const projectId = computed(() => query.value.get("project"));
export const openSession = computed(() => query.value.get("session"));
/** Null: the visitor has not chosen, see defaultRange. */
export const chosenRange = computed(() => rangeFrom(query.value));

/** Changes some parts of the query; null removes one. */
export function navigate(parts: Record<string, string | null>): void {
  const next = new URLSearchParams(query.value);
  for (const [key, value] of Object.entries(parts)) {
    if (value === null) next.delete(key);
    else next.set(key, value);
  }
  const tail = next.toString();
  window.history.pushState(null, "", tail ? `?${tail}` : window.location.pathname);
  query.value = next;
}

export function showRange(range: Range): void {
  navigate(rangeParts(range));
}
