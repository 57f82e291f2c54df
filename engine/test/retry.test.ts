import { expect, test } from "vitest";
import { backoffMs, isTemporary } from "../src/delivery/retry";

test("waits double from a second to a minute, and are spread over half of it", () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 99].map((failures) => backoffMs(failures, 1));
  expect(longest).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  expect(backoffMs(3, 0)).toBe(2_000);
});

test("no answer, too many requests and the server's own errors are for now; the rest is for good", () => {
  expect([0, 429, 500, 502, 503, 504].filter((status) => !isTemporary(status))).toEqual([]);
  expect([200, 202, 400, 401, 403, 404, 413].filter(isTemporary)).toEqual([]);
});
