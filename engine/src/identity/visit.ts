import { get, put, remove, session } from "./storage";
import { uuid7 } from "./uuid7";

/** The gap after which the server, too, begins a new session. */
const VISIT_GAP_MS = 30 * 60 * 1000;

interface Visit {
  id: string;
  started: number;
  seen: number;
  pages: number;
  backs: number;
  /** When the newest page view began. */
  viewed: number;
}

/**
 * The visit in this tab that goes on now, or a new one, changed by `change`: a hint for the server,
 * which makes the sessions, and the visit's part of the vector. Read anew each time, as the tab's pages share it, and
 * one may come back from the back/forward cache after others.
 */
export function currentVisit(change?: (visit: Visit, ms: number) => void): Visit {
  const ms = Date.now();
  let visit = JSON.parse(get(session, "visit") ?? "null") as Visit | null;
  if (!visit || ms - visit.seen > VISIT_GAP_MS) {
    visit = { id: uuid7(), started: ms, seen: 0, pages: 0, backs: 0, viewed: ms };
  }
  visit.seen = ms;
  change?.(visit, ms);
  put(session, "visit", JSON.stringify(visit));
  return visit;
}

/** Counts a page view; how long the one before had lasted, in milliseconds, where history brought this one back. */
export function countPage(historyMove: boolean): number | undefined {
  let away: number | undefined;
  currentVisit((visit, ms) => {
    visit.pages++;
    if (historyMove) away = ms - visit.viewed;
    visit.viewed = ms;
  });
  return away;
}

export function countQuickBack(): void {
  currentVisit((visit) => {
    visit.backs++;
  });
}

export function forgetVisit(): void {
  remove(session, "visit");
}
