import { expect, test } from "vitest";
import { chooseInterval, DAY, defaultRange, HOUR, LENGTH_OF, MINUTE, windowOf } from "./range";

const NOW = Date.UTC(2026, 10, 23, 10, 41, 30);

test("the interval grows with the span, and keeps charts under 200 points up to eight days", () => {
  expect(chooseInterval(30 * MINUTE)).toBe("minute");
  expect(chooseInterval(DAY)).toBe("hour");
  expect(chooseInterval(30 * DAY)).toBe("day");
  for (const span of [MINUTE, HOUR, 3 * HOUR, DAY, 8 * DAY]) {
    expect(span / LENGTH_OF[chooseInterval(span)]).toBeLessThanOrEqual(200);
  }
});

test("a rolling range starts on a bucket and ends now, in the bucket that is filling", () => {
  const { from, to, interval, live } = windowOf({ name: "30m" }, NOW, null);
  expect(from).toBe(Date.UTC(2026, 10, 23, 10, 12));
  expect({ to, interval, live }).toEqual({ to: NOW, interval: "minute", live: true });
});

test("all data spans what the project has, and is not live when it ended long ago", () => {
  const extent = { first: Date.UTC(2015, 8, 10, 3), last: Date.UTC(2015, 8, 15, 21) };
  expect(windowOf({ name: "all" }, NOW, extent)).toEqual({
    from: extent.first,
    to: extent.last,
    interval: "hour",
    live: false,
  });
});

test("all data of a running project ends now", () => {
  const window = windowOf({ name: "all" }, NOW, { first: NOW - 40 * DAY, last: NOW - HOUR });
  expect(window.to).toBe(NOW);
  expect(window.live).toBe(true);
  expect(window.from % DAY).toBe(0);
});

test("who has not chosen sees minutes of a new or simulated project, a day of a running one, all of one that ended", () => {
  expect(defaultRange(null, NOW, false).name).toBe("30m");
  expect(defaultRange({ first: NOW - HOUR, last: NOW }, NOW, false).name).toBe("30m");
  expect(defaultRange({ first: NOW - 40 * DAY, last: NOW - HOUR }, NOW, false).name).toBe("24h");
  expect(defaultRange({ first: NOW - 40 * DAY, last: NOW }, NOW, true).name).toBe("30m");
  expect(defaultRange({ first: NOW - 400 * DAY, last: NOW - 390 * DAY }, NOW, false).name).toBe("all");
});
