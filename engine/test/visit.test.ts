import { beforeEach, expect, test, vi } from "vitest";

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 23);

let visit: typeof import("../src/identity/visit");

async function nextPage(): Promise<void> {
  vi.resetModules();
  (await import("../src/identity/storage")).openStorage(true);
  visit = await import("../src/identity/visit");
}

beforeEach(async () => {
  vi.stubGlobal("window", { localStorage: {}, sessionStorage: {} });
  await nextPage();
});

test("a visit lasts over pages while no gap is longer than half an hour", async () => {
  const { id } = visit.visitAt(START);
  expect(visit.visitAt(START + 29 * MINUTE).id).toBe(id);
  await nextPage();
  expect(visit.visitAt(START + 59 * MINUTE)).toMatchObject({ id, started: START });
});

test("after a longer gap another visit begins, also on a page that stayed open", () => {
  const { id } = visit.visitAt(START);
  const next = visit.visitAt(START + 31 * MINUTE);
  expect(next.id).not.toBe(id);
  expect(next).toMatchObject({ started: START + 31 * MINUTE, pages: 0 });
});

test("a visit that is forgotten is gone from storage too", async () => {
  const { id } = visit.visitAt(START);
  visit.forgetVisit();
  await nextPage();
  expect(visit.visitAt(START + 1).id).not.toBe(id);
});
