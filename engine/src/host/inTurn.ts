/**
 * Runs `fn` once no other page of this origin is in its turn under this name, until what it returns has settled: by the
 * Web Locks API. Where the browser has none, as on plain HTTP, at once. `signal` ends the waiting.
 */
export function inTurn(name: string, fn: () => unknown, signal?: AbortSignal): void {
  if (navigator.locks) navigator.locks.request(name, { signal: signal as AbortSignal }, fn).catch(() => {});
  else fn();
}
