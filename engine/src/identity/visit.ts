import { get, put, remove, session } from "./storage";
import { uuid7 } from "./uuid7";

/** The gap after which the server, too, begins a new session. */
const VISIT_GAP_MS = 30 * 60 * 1000;

interface Visit {
  id: string;
  started: number;
  seen: number;
  pages: number;
  moves: number;
}

/** The visit in this tab: a hint for the server, which makes the sessions, and the visit's part of the vector. */
let visit: Visit | undefined;

/** The visit that goes on at this time of day, or a new one. */
export function visitAt(ms: number): Visit {
  visit ??= JSON.parse(get(session, "visit") ?? "null") as Visit | undefined;
  if (!visit || ms - visit.seen > VISIT_GAP_MS) visit = { id: uuid7(), started: ms, seen: 0, pages: 0, moves: 0 };
  visit.seen = ms;
  put(session, "visit", JSON.stringify(visit));
  return visit;
}

export function countPage(historyMove: boolean): void {
  const visit = visitAt(Date.now());
  visit.pages++;
  if (historyMove) visit.moves++;
}

export function forgetVisit(): void {
  visit = undefined;
  remove(session, "visit");
}
