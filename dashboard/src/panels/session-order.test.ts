import { expect, test } from "vitest";
import type { Session } from "../api/sessions";
import { keepPlaces, sorted } from "./session-order";

function session(id: string, started: number, simulated = true, score: number | null = null): Session {
  return {
    session: id,
    visitor: id,
    started_at: started,
    last_at: started,
    events: 1,
    pageviews: 1,
    clicks: 0,
    engaged_ms: 0,
    entry: "/",
    page: "/",
    source: null,
    device: null,
    browser: null,
    country: null,
    simulated,
    converted: false,
    revenue: null,
    scores: { conversion: { score, abstained: score === null, reason: null } },
  };
}

const ids = (sessions: Session[]) => sessions.map((each) => each.session).join("");

test("the newest come first, and people before simulated shoppers", () => {
  expect(ids(sorted([session("a", 1), session("b", 3), session("c", 2, false)], "newest"))).toBe("cba");
});

test("by score, those without one come last", () => {
  expect(ids(sorted([session("a", 9), session("b", 1, true, 0.1), session("c", 1, true, 0.7)], "score"))).toBe("cba");
});

test("a held list keeps its places: the gone leave, newcomers come last", () => {
  const now = [session("a", 1), session("b", 2), session("d", 9), session("e", 8)];
  expect(ids(keepPlaces(now, ["a", "c", "b"]))).toBe("abde");
});
