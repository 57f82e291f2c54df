import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

vi.mock("./clock", () => ({ tabVisible: signal(true) }));

const { tabVisible } = await import("./clock");
const { keepAsking } = await import("./resource");

/** An API that takes this long, and remembers when it was asked. */
function api(tookMs: number) {
  const asked: number[] = [];
  const load = async () => {
    asked.push(Date.now());
    await new Promise((resolve) => setTimeout(resolve, tookMs));
    return asked.length;
  };
  return { asked, load };
}

const empty = () => signal({ data: null as number | null, error: null as Error | null, outdated: false });

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  tabVisible.value = true;
});
afterEach(() => {
  vi.useRealTimers();
});

test("a storm of beats asks once in two seconds, and the last beat is not lost", async () => {
  const { asked, load } = api(10);
  const beat = signal(0);
  const state = empty();
  const asking = keepAsking(load, state, { beat, atLeastMs: 2000 });
  for (let ms = 0; ms < 5000; ms += 100) {
    await vi.advanceTimersByTimeAsync(100);
    beat.value += 1;
  }
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toEqual([0, 2000, 4000, 6000]);
  expect(state.value.data).toBe(4);
  asking.stop();
});

test("a slow server is left alone for ten times as long as it worked", async () => {
  const { asked, load } = api(1000);
  const beat = signal(0);
  const asking = keepAsking(load, empty(), { beat, atLeastMs: 2000 });
  for (let second = 0; second < 15; second += 1) {
    await vi.advanceTimersByTimeAsync(1000);
    beat.value += 1;
  }
  expect(asked).toEqual([0, 10_000]);
  asking.stop();
});

test("nothing is asked while the tab is hidden, and at once when it is seen again", async () => {
  const { asked, load } = api(10);
  const asking = keepAsking(load, empty(), { atLeastMs: 2000, idleMs: 5000 });
  await vi.advanceTimersByTimeAsync(100);
  tabVisible.value = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([0]);
  tabVisible.value = true;
  expect(asked).toEqual([0, 60_100]);
  asking.stop();
});

test("a failure keeps what is on screen and says what went wrong", async () => {
  const state = empty();
  state.value = { ...state.value, data: 7 };
  const asking = keepAsking(() => Promise.reject(new Error("no")), state, { atLeastMs: 2000 });
  await vi.advanceTimersByTimeAsync(0);
  expect(state.value.data).toBe(7);
  expect(state.value.error?.message).toBe("no");
  asking.stop();
});

test("an answer that comes after the question was dropped is not shown", async () => {
  const { load } = api(1000);
  const state = empty();
  keepAsking(load, state, { atLeastMs: 2000 }).stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(state.value.data).toBeNull();
});
