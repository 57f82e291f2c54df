/** Steps of a funnel, and anchors of paths: what an event is. */

import { parseFilter, printFilter } from "./filters";

export const STEP_DIMENSIONS = ["page", "event", "goal"] as const;
export type StepDimension = (typeof STEP_DIMENSIONS)[number];

export interface Step {
  dimension: StepDimension;
  operator: "==" | "~";
  /** One of them; a single empty one while it is being chosen. */
  values: string[];
}

export const NO_STEP: Step = { dimension: "page", operator: "==", values: [""] };

/** Null: it is no step. */
export function parseStep(text: string): Step | null {
  const filter = parseFilter(text);
  const dimension = STEP_DIMENSIONS.find((each) => each === filter?.dimension);
  if (!filter || !dimension || (filter.operator !== "==" && filter.operator !== "~")) return null;
  return { dimension, operator: filter.operator, values: filter.values };
}

/** Whether it says which event it is: the API can be asked about it. */
export function isWhole(text: string): boolean {
  return parseStep(text)?.values.some((value) => value !== "") ?? false;
}

export const printStep = (step: Step): string => printFilter(step);

/** "page /pricing", "event that contains add". */
export function stepInWords(text: string): string {
  const step = parseStep(text);
  if (!step) return text;
  const value = step.values.join(" or ");
  return step.operator === "==" ? `${step.dimension} ${value}` : `${step.dimension} that contains ${value}`;
}
