import { beforeEach, expect, test, vi } from "vitest";

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 23);

let visit: typeof import("../src/identity/visit");

async function nextPage(): Promise<void> {
  vi.resetModules();
  (await import("../src/identity/storage")).openStorage(true);
  visit = await import("../src/identity/visit");
}

const visitAt = (ms: number) => {
  vi.setSystemTime(ms);
  return visit.currentVisit();
};

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("window", { localStorage: {}, sessionStorage: {} });
  await nextPage();
});

test("a visit lasts over pages while no gap is longer than half an hour", async () => {
  const { id } = visitAt(START);
  expect(visitAt(START + 29 * MINUTE).id).toBe(id);
  await nextPage();
  expect(visitAt(START + 59 * MINUTE)).toMatchObject({ id, started: START });
});

test("after a longer gap another visit begins, also on a page that stayed open", () => {
  const { id } = visitAt(START);
  const next = visitAt(START + 31 * MINUTE);
  expect(next.id).not.toBe(id);
  expect(next).toMatchObject({ started: START + 31 * MINUTE, pages: 0 });
});

test("a visit that is forgotten is gone from storage too", async () => {
  const { id } = visitAt(START);
  visit.forgetVisit();
  await nextPage();
  expect(visitAt(START + 1).id).not.toBe(id);
});
