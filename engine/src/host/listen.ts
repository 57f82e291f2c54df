import { isolated } from "./isolated";

let listening = new AbortController();

/**
 * Listens to `types` (separated by spaces) until `stopListening()`, on the window by default, which every event of the
 * document passes. Passive, so that the page never waits for us to scroll; in the capture phase, so that a page that
 * stops propagation still counts.
 */
export function listen<Kind extends Event>(
  types: string,
  fn: (event: Kind) => void,
  target: EventTarget = window,
): void {
  for (const type of types.split(" ")) {
    target.addEventListener(type, isolated(fn) as EventListener, {
      capture: true,
      passive: true,
      signal: listening.signal,
    });
  }
}

/**
 * Runs `fn` in a task of its own, unless `stopListening()` comes first: what the library has to do when a page begins is
 * more than one task may hold without being felt.
 */
export function soon(fn: () => void): void {
  const { signal } = listening;
  setTimeout(
    isolated(() => {
      if (!signal.aborted) fn();
    }),
  );
}

export function stopListening(): void {
  listening.abort();
  listening = new AbortController();
}
