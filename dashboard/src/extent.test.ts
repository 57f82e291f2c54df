import { expect, test, vi } from "vitest";
import { DAY, HOUR, LENGTH_OF, startOf, type TimeWindow } from "./range";

/** A server with events at these instants, which refuses more points at once than the real one does. */
const server = vi.hoisted(() => ({ events: [] as number[] }));

vi.mock("./api", () => ({
  api: {
    timeseries: async ({ from, to, interval }: TimeWindow) => {
      const length = LENGTH_OF[interval];
      if ((to - from) / length > 5000) throw new Error("too many points");
      const t: number[] = [];
      for (let start = startOf(from, interval); start < to; start += length) t.push(start);
      const within = (start: number) =>
        server.events.filter((at) => at >= from && at < to && startOf(at, interval) === start).length;
      return { interval, t, events: t.map(within) };
    },
  },
}));

const { findExtent } = await import("./extent");
const NOW = Date.UTC(2026, 10, 23, 10, 41);

test("finds the hours of the first and the newest event, across decades", async () => {
  server.events = [NOW - 40 * DAY, Date.UTC(1995, 7, 1, 4, 30), Date.UTC(2015, 4, 20, 21, 5)];
  expect(await findExtent("p", NOW)).toEqual({
    first: Date.UTC(1995, 7, 1, 4),
    last: startOf(NOW - 40 * DAY, "hour") + HOUR - 1,
  });
});

test("the newest hour of a running project ends now", async () => {
  server.events = [NOW - 1000];
  expect(await findExtent("p", NOW)).toEqual({ first: Date.UTC(2026, 10, 23, 10), last: NOW });
});

test("a project without events has no extent", async () => {
  server.events = [];
  expect(await findExtent("p", NOW)).toBeNull();
});
