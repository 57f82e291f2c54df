import { expect, test } from "vitest";
import { move, speed, still } from "../src/signals/motion";

test("speed is the mean over the time of gestures; the pauses between them do not slow it", () => {
  const motion = still();
  for (const start of [1_000, 9_000]) for (let at = start; at <= start + 100; at += 10) move(motion, 5, at);
  expect(motion.px).toBe(110);
  expect(speed(motion)).toBe(500);
});

test("one jump has a length and no speed", () => {
  const motion = still();
  move(motion, 300, 1_000);
  expect(motion.px).toBe(300);
  expect(speed(motion)).toBe(0);
});

test("events that were held back do not make a movement infinitely fast", () => {
  const motion = still();
  move(motion, 0, 1_000);
  move(motion, 80, 1_000);
  expect(speed(motion)).toBe(10_000);
});
