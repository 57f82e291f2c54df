import { useRef } from "preact/hooks";
import type { Session } from "../api/sessions";

export type Order = "newest" | "score";

/**
 * Sessions in an order that people can read: people before simulated shoppers, newest first by when they began, so that rows stay where they are while
 * their figures change; and while the pointer or the keyboard is in the list, or it is frozen, nothing moves at all.
 */
export function useCalmOrder(sessions: Session[], order: Order, isFrozen: boolean) {
  const state = useRef({ held: false, order, ids: [] as string[] });
  const kept = state.current;
  const ordered =
    (kept.held || isFrozen) && kept.order === order ? keepPlaces(sessions, kept.ids) : sorted(sessions, order);
  kept.order = order;
  kept.ids = ordered.map((session) => session.session);
  return {
    ordered,
    hold: () => {
      kept.held = true;
    },
    release: () => {
      kept.held = false;
    },
  };
}

export function sorted(sessions: Session[], order: Order): Session[] {
  const newestFirst = (a: Session, b: Session) => b.started_at - a.started_at || a.session.localeCompare(b.session);
  // Among simulated shoppers, a person must not have to look for the own session.
  const peopleFirst = (a: Session, b: Session) => Number(a.simulated) - Number(b.simulated) || newestFirst(a, b);
  if (order === "newest") return [...sessions].sort(peopleFirst);
  const chance = ({ scores }: Session) => scores.conversion?.score ?? -1;
  return [...sessions].sort((a, b) => chance(b) - chance(a) || newestFirst(a, b));
}

/** Those already shown in their places, newcomers after them. */
export function keepPlaces(sessions: Session[], ids: string[]): Session[] {
  const byId = new Map(sessions.map((session) => [session.session, session]));
  const stayed = ids.flatMap((id) => byId.get(id) ?? []);
  const known = new Set(ids);
  return [...stayed, ...sorted(sessions, "newest").filter((session) => !known.has(session.session))];
}
