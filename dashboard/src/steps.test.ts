import { expect, test } from "vitest";
import { isWhole, parseStep, printStep, stepInWords } from "./steps";

test.each(["page==/pricing", "event~add", "goal==Order Completed", "page==/a|/b", "page==/a\\|b", "event=="])(
  "%s is read and written",
  (text) => {
    const step = parseStep(text);
    expect(step && printStep(step)).toBe(text);
  },
);

test("a step that is being chosen keeps what was chosen, and is not asked about", () => {
  expect(parseStep("goal==")).toEqual({ dimension: "goal", operator: "==", values: [""] });
  expect(isWhole("goal==")).toBe(false);
  expect(isWhole("goal==x")).toBe(true);
});

test("sessions' own dimensions and negations are no steps", () => {
  expect(parseStep("source==google")).toBeNull();
  expect(parseStep("page!=/")).toBeNull();
});

test("steps are said in words", () => {
  expect(stepInWords("event~add")).toBe("event that contains add");
  expect(stepInWords("page==/a|/b")).toBe("page /a or /b");
});
