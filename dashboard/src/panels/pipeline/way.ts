import type { Traced } from "../../api/owner";

const TITLES: Record<string, [done: string, toCome: string]> = {
  received: ["Received", "Not received"],
  stored: ["Stored", "Not stored"],
  applied: ["Read by a worker", "Not read by a worker"],
  counted: ["Counted", "Not counted"],
  scored: ["Scored", "Not scored"],
  rejected: ["Rejected", "Not rejected"],
  replayed: ["Sent again", "Not sent again"],
};

export interface Step {
  key: string;
  title: string;
  done: boolean;
  /** Epoch milliseconds; null where no time is kept. */
  at: number | null;
  text: string;
}

/** The steps of an event's way, as people read them. */
export function wayInWords(way: Traced["way"]): Step[] {
  return way.map(({ step, done, at, text }, place) => ({
    key: `${place} ${step}`,
    title: TITLES[step]?.[done ? 0 : 1] ?? step,
    done,
    at: at === null ? null : Date.parse(at),
    text: `${text.charAt(0).toUpperCase()}${text.slice(1)}.`,
  }));
}
