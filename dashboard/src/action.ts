/** Something that a button does: it is busy meanwhile, and what went wrong is told beside it. */

import { useState } from "preact/hooks";

export interface Action {
  busy: boolean;
  error: Error | null;
  run: (work: () => Promise<void>) => void;
}

export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  async function attempt(work: () => Promise<void>): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error(String(failure)));
    } finally {
      setBusy(false);
    }
  }
  return {
    busy,
    error,
    run: (work) => {
      if (!busy) void attempt(work);
    },
  };
}
