/** Something that a person does by a button: under way, done, or failed and why. */

import { useState } from "preact/hooks";

export interface Deed<Arguments extends unknown[], Outcome> {
  run: (...given: Arguments) => Promise<Outcome | null>;
  busy: boolean;
  error: Error | null;
  outcome: Outcome | null;
  forget: () => void;
}

export function useDeed<Arguments extends unknown[], Outcome>(
  deed: (...given: Arguments) => Promise<Outcome>,
): Deed<Arguments, Outcome> {
  const [state, setState] = useState<{ busy: boolean; error: Error | null; outcome: Outcome | null }>({
    busy: false,
    error: null,
    outcome: null,
  });

  async function run(...given: Arguments): Promise<Outcome | null> {
    setState({ busy: true, error: null, outcome: null });
    try {
      const outcome = await deed(...given);
      setState({ busy: false, error: null, outcome });
      return outcome;
    } catch (failure) {
      setState({ busy: false, error: failure instanceof Error ? failure : new Error(String(failure)), outcome: null });
      return null;
    }
  }

  return { ...state, run, forget: () => setState({ busy: false, error: null, outcome: null }) };
}
