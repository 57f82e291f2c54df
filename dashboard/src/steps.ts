/** Steps of a funnel, and anchors of paths: what an event is. */

import { type Filter, parseFilter } from "./filters";

export const STEP_DIMENSIONS = ["page", "event", "goal"] as const;
export type StepDimension = (typeof STEP_DIMENSIONS)[number];

export interface StepText {
  dimension: StepDimension;
  operator: "==" | "~";
  value: string;
}

/** Null: it is no step. */
export function parseStep(text: string): StepText | null {
  const filter = parseFilter(text);
  if (!filter || !isStep(filter)) return null;
  return {
    dimension: filter.dimension as StepDimension,
    operator: filter.operator as "==" | "~",
    value: filter.values.join("|"),
  };
}

export function printStep({ dimension, operator, value }: StepText): string {
  return `${dimension}${operator}${value}`;
}

/** "page /pricing", "event that contains add". */
export function stepInWords(text: string): string {
  const step = parseStep(text);
  if (!step) return text;
  const value = step.value.split("|").join(" or ");
  return step.operator === "==" ? `${step.dimension} ${value}` : `${step.dimension} that contains ${value}`;
}

function isStep(filter: Filter): boolean {
  const isOfEvents = (STEP_DIMENSIONS as readonly string[]).includes(filter.dimension);
  return isOfEvents && (filter.operator === "==" || filter.operator === "~") && filter.values.join("") !== "";
}
