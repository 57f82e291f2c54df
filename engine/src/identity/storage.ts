const PREFIX = "gooddata.";

type Store = Record<string, string | undefined>;

/** Storage objects read and write like plain ones; a plain one stands in where the browser refuses storage. */
function open(kind: "localStorage" | "sessionStorage"): Store {
  try {
    return window[kind] ?? {};
  } catch {
    return {};
  }
}

/** What is stored on this device, whatever may be stored now. */
export let device: Store;
export let local: Store;
export let session: Store;

/** The browser reads its disk for it. */
export function openDevice(): void {
  device = open("localStorage");
}

/** From now on uses the device's storage, or, where nothing may be stored there, the memory of this page. */
export function openStorage(onDevice: boolean): void {
  local = onDevice ? device : {};
  session = onDevice ? open("sessionStorage") : {};
}

export function get(store: Store, name: string): string | undefined {
  return store[PREFIX + name];
}

export function put(store: Store, name: string, value: string): void {
  try {
    store[PREFIX + name] = value;
  } catch {
    // Full, or writing is refused: what matters is in variables too, and lives as long as the page.
  }
}

export function remove(store: Store, name: string): void {
  delete store[PREFIX + name];
}

/** The names in use that begin with `start`; all of them by default. */
export function names(store: Store, start = ""): string[] {
  return Object.keys(store)
    .filter((name) => name.startsWith(PREFIX + start))
    .map((name) => name.slice(PREFIX.length));
}
