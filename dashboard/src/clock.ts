/** The present, for "12 s ago": it moves every five seconds while the tab is visible. */

import { signal } from "@preact/signals";

const TICK_MS = 5000;

export const now = signal(Date.now());
export const tabVisible = signal(!document.hidden);

document.addEventListener("visibilitychange", () => {
  tabVisible.value = !document.hidden;
  if (tabVisible.value) now.value = Date.now();
});

setInterval(() => {
  if (tabVisible.value) now.value = Date.now();
}, TICK_MS);
