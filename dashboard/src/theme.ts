/** Light, dark, or as the system says; remembered in this browser. */

import { computed, effect, signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";

const STORED_AS = "gooddata.theme";
const systemIsDark = window.matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(systemIsDark.matches);
systemIsDark.addEventListener("change", (event) => {
  systemDark.value = event.matches;
});

export const theme = signal<Theme>(stored());

/** The theme that is on screen: canvas charts read their colours again when it changes. */
export const shownTheme = computed(() =>
  theme.value === "auto" ? (systemDark.value ? "dark" : "light") : theme.value,
);

effect(() => {
  document.documentElement.dataset.theme = shownTheme.value;
});

export function chooseTheme(next: Theme): void {
  theme.value = next;
  try {
    localStorage.setItem(STORED_AS, next);
  } catch {
    // Storage may be switched off: the choice then holds until the page is closed.
  }
}

function stored(): Theme {
  try {
    const value = localStorage.getItem(STORED_AS);
    return value === "light" || value === "dark" ? value : "auto";
  } catch {
    return "auto";
  }
}
