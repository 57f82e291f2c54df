/** What the page shows is in its URL query, so that it can be reloaded, bookmarked and sent to someone. */

import { computed, signal } from "@preact/signals";
import { type Filter, parseFilter, printFilter } from "./filters";
import type { Range } from "./range";
import { rangeFrom, rangeParts } from "./range-query";

const query = signal(new URLSearchParams(window.location.search));

/** Which page is shown. */
export const path = signal(window.location.pathname);

window.addEventListener("popstate", () => {
  query.value = new URLSearchParams(window.location.search);
  path.value = window.location.pathname;
});

export const projectId = computed(() => query.value.get("project"));
export const openSession = computed(() => query.value.get("session"));
/** Null: the visitor has not chosen, see defaultRange. */
export const chosenRange = computed(() => rangeFrom(query.value));

/** Filters that cannot be read are left out. */
export const chosenFilters = computed(() =>
  query.value
    .getAll("filter")
    .map(parseFilter)
    .filter((each) => each !== null),
);

/** The address of another page: what is asked there is the same. */
export function hrefOf(page: string): string {
  const kept = new URLSearchParams(query.value);
  kept.delete("session");
  const tail = kept.toString();
  return tail ? `${page}?${tail}` : page;
}

export function showPage(page: string): void {
  window.history.pushState(null, "", hrefOf(page));
  query.value = new URLSearchParams(window.location.search);
  path.value = page;
}

export function filterBy(filters: Filter[]): void {
  const next = new URLSearchParams(query.value);
  next.delete("filter");
  for (const each of filters) next.append("filter", printFilter(each));
  push(next);
}

/** Changes some parts of the query; null removes one. */
export function navigate(parts: Record<string, string | null>): void {
  const next = new URLSearchParams(query.value);
  for (const [key, value] of Object.entries(parts)) {
    if (value === null) next.delete(key);
    else next.set(key, value);
  }
  push(next);
}

function push(next: URLSearchParams): void {
  const tail = next.toString();
  window.history.pushState(null, "", tail ? `?${tail}` : window.location.pathname);
  query.value = next;
}

export function showRange(range: Range): void {
  navigate(rangeParts(range));
}
