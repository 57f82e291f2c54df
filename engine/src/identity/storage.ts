const PREFIX = "gooddata.";

/** Storage objects read and write like plain ones; a plain one stands in where the browser refuses storage. */
function open(kind: "localStorage" | "sessionStorage"): Record<string, string | undefined> {
  try {
    return window[kind] ?? {};
  } catch {
    return {};
  }
}

export const local = open("localStorage");
export const session = open("sessionStorage");

export function get(store: typeof local, name: string): string | undefined {
  return store[PREFIX + name];
}

export function put(store: typeof local, name: string, value: string): void {
  try {
    store[PREFIX + name] = value;
  } catch {
    // Full, or writing is refused: what matters is in variables too, and lives as long as the page.
  }
}

export function remove(store: typeof local, name: string): void {
  delete store[PREFIX + name];
}

/** The names in use that begin with `start`; all of them by default. */
export function names(store: typeof local, start = ""): string[] {
  return Object.keys(store)
    .filter((name) => name.startsWith(PREFIX + start))
    .map((name) => name.slice(PREFIX.length));
}
