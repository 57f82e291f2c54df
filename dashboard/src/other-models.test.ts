import { expect, test } from "vitest";
import type { Model } from "./api/models";
import { figuresInWords, otherModels, says } from "./other-models";

const model = (task: string, metrics: object = {}): Model => ({
  task,
  version: 1,
  status: "ready",
  reason: null,
  trained_at: null,
  trained_on: "observed",
  features: [],
  metrics: metrics as Model["metrics"],
});

test("what is no question about a session comes in its own order", () => {
  const found = otherModels([model("segments"), model("conversion"), model("intent"), model("automation")]);
  expect(found.map(({ task }) => task)).toEqual(["intent", "automation", "segments"]);
  expect(says(model("segments"))).toBe("Which visitors behave alike?");
});

test("figures are told where there are any", () => {
  expect(figuresInWords(model("automation"))).toEqual([]);
  const intent = { log_loss: 1.1, log_loss_baseline: 1.25, classes: { convert: { auc: 0.82 }, browse: { auc: null } } };
  expect(figuresInWords(model("intent", intent))).toEqual([
    "log loss 1.100 (base rates alone 1.250)",
    "convert: AUC 0.820",
    "browse: AUC –",
  ]);
  expect(figuresInWords(model("recommendations", { hr_20: 0.5, hr_20_trending: 0.1 }))).toHaveLength(2);
  expect(figuresInWords(model("return_7d", { auc: 0.7 }))).toEqual(["AUC 0.700"]);
});
