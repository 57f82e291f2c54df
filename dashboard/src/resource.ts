/** An answer of the API that keeps itself fresh: asked again as live data arrives, but never in a hurry. */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { tabVisible } from "./clock";

export interface Resource<T> {
  /** Stays on screen while a newer answer is fetched, and when that fails. */
  data: T | null;
  error: Error | null;
  /** The data answers an earlier question (another range), the new answer is on its way. */
  outdated: boolean;
  retry: () => void;
}

export interface Pace {
  /** Ask again when this changes; absent for a window that lies in the past. */
  beat?: ReadonlySignal<number> | undefined;
  /** Never start sooner than this after the last start. */
  atLeastMs: number;
  /** Ask again after this long without a beat, because a rolling window moves on by itself. */
  idleMs?: number | undefined;
}

/** A question that took 500 ms is put again after 5 s at the earliest: open pages must not keep a slow server busy. */
const REST_PER_WORK = 10;

/**
 * @param question everything the answer depends on, as text: when it changes, the old request is abandoned.
 * @param load asks; null as a question means that it cannot be asked yet.
 */
export function useResource<T>(
  question: string | null,
  load: (abort: AbortSignal) => Promise<T>,
  pace: Pace,
): Resource<T> {
  const state = useMemo(() => signal<Omit<Resource<T>, "retry">>({ data: null, error: null, outdated: false }), []);
  const asker = useMemo(() => ({ retry: () => {} }), []);

  useEffect(() => {
    if (question === null) return;
    state.value = { ...state.peek(), outdated: state.peek().data !== null };
    const asking = keepAsking(load, state, pace);
    asker.retry = asking.askNow;
    return asking.stop;
  }, [question, pace.beat, pace.atLeastMs, pace.idleMs]);

  return { ...state.value, retry: () => asker.retry() };
}

/** Asks at once, then again at the given pace until it is stopped. */
export function keepAsking<T>(
  load: (abort: AbortSignal) => Promise<T>,
  state: Signal<Omit<Resource<T>, "retry">>,
  pace: Pace,
): { askNow: () => void; stop: () => void } {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let busy = false;
  let beatWhileBusy = false;
  let restUntil = 0;

  async function ask(): Promise<void> {
    clearTimeout(timer);
    busy = true;
    beatWhileBusy = false;
    const started = Date.now();
    try {
      const data = await load(abort.signal);
      if (abort.signal.aborted) return;
      state.value = { data, error: null, outdated: false };
    } catch (failure) {
      if (abort.signal.aborted) return;
      const error = failure instanceof Error ? failure : new Error(String(failure));
      state.value = { ...state.peek(), error };
    } finally {
      busy = false;
    }
    restUntil = started + Math.max(pace.atLeastMs, REST_PER_WORK * (Date.now() - started));
    if (beatWhileBusy) askAfter(restUntil - Date.now());
    else if (pace.idleMs !== undefined) askAfter(Math.max(pace.idleMs, restUntil - Date.now()));
  }

  function askAfter(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (tabVisible.peek()) void ask();
    }, ms);
  }

  let beats = 0;
  const stopListening = pace.beat?.subscribe(() => {
    // A signal calls at once with the value it has: that is not news.
    beats += 1;
    if (beats === 1) return;
    if (busy) beatWhileBusy = true;
    else askAfter(Math.max(0, restUntil - Date.now()));
  });
  const stopWatchingTab = tabVisible.subscribe((visible) => {
    if (visible && !busy && Date.now() >= restUntil) void ask();
  });

  return {
    askNow: () => {
      if (!busy) void ask();
    },
    stop: () => {
      abort.abort();
      clearTimeout(timer);
      stopListening?.();
      stopWatchingTab();
    },
  };
}
