import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { AuditEntry, Trail } from "../../api/owner";
import { type Resource, useResource } from "../../resource";

const ONCE_MS = 60_000;

/** The newest entries of a trail, with more of them on request. */
export function useTrail(
  question: string,
  load: (before: number | null, abort?: AbortSignal) => Promise<Trail>,
): { first: Resource<Trail>; entries: AuditEntry[]; older: (() => Promise<void>) | null } {
  const first = useResource(question, (abort) => load(null, abort), { atLeastMs: ONCE_MS });
  const more = useSignal<Trail | null>(null);
  useEffect(() => {
    more.value = null;
  }, [first.data]);
  const next = (more.value ?? first.data)?.next ?? null;
  const entries = [...(first.data?.entries ?? []), ...(more.value?.entries ?? [])];
  return {
    first,
    entries,
    older:
      next === null
        ? null
        : async () => {
            const page = await load(next);
            more.value = { entries: [...(more.value?.entries ?? []), ...page.entries], next: page.next };
          },
  };
}
