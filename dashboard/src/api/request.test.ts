import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { get, signedOut } from "./request";

const answers: ((answer: Response) => void)[] = [];

beforeEach(() => {
  vi.stubGlobal("fetch", () => new Promise((answer) => answers.push(answer)));
});

afterEach(() => {
  vi.unstubAllGlobals();
  answers.length = 0;
  signedOut.value = false;
});

test("an answer to what was asked before signing out does not bring the dashboard back", async () => {
  const asked = get("overview", {});
  signedOut.value = true;
  answers[0]?.(Response.json({}));
  await asked;
  expect(signedOut.value).toBe(true);
});

test("who is refused is signed out, and whom it answers again is not", async () => {
  const refused = get("overview", {});
  answers[0]?.(Response.json({ error: { code: "unauthorized", message: "sign in" } }, { status: 401 }));
  await expect(refused).rejects.toThrow("sign in");
  expect(signedOut.value).toBe(true);
  const asked = get("overview", {});
  answers[1]?.(Response.json({}));
  await asked;
  expect(signedOut.value).toBe(false);
});
