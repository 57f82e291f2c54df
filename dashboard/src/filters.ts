/** Filters of sessions as the API writes them: source==google|bing, page~/blog/, country!=de. */

import type { Dimension } from "./api";

export const OPERATORS = ["==", "!=", "~", "!~"] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Filter {
  dimension: Dimension;
  operator: Operator;
  values: string[];
}

export const DIMENSION_WORDS: Record<Dimension, string> = {
  page: "page",
  entry: "entry page",
  exit: "exit page",
  source: "source",
  campaign: "campaign",
  country: "country",
  device: "device",
  browser: "browser",
  event: "event",
  goal: "goal",
};

export const DIMENSIONS = Object.keys(DIMENSION_WORDS) as Dimension[];

const OPERATOR_WORDS: Record<Operator, string> = {
  "==": "is",
  "!=": "is not",
  "~": "contains",
  "!~": "does not contain",
};

/** Null: it is none, as in a link that was cut off. */
export function parseFilter(text: string): Filter | null {
  const found = /^([a-z]+)(==|!=|!~|~)(.*)$/s.exec(text);
  const [, dimension, operator, rest] = found ?? [];
  if (!dimension || !operator || rest === undefined || !DIMENSIONS.includes(dimension as Dimension)) return null;
  return { dimension: dimension as Dimension, operator: operator as Operator, values: splitValues(rest) };
}

/** At bars; after a backslash, a bar or backslash is itself. */
function splitValues(text: string): string[] {
  const values = [""];
  for (let at = 0; at < text.length; at += 1) {
    const next = text.charAt(at + 1);
    if (text.charAt(at) === "|") values.push("");
    else if (text.charAt(at) === "\\" && (next === "|" || next === "\\")) {
      values[values.length - 1] += next;
      at += 1;
    } else values[values.length - 1] += text.charAt(at);
  }
  return values;
}

export function printFilter({ dimension, operator, values }: Filter): string {
  return `${dimension}${operator}${values.map((value) => value.replace(/[|\\]/g, "\\$&")).join("|")}`;
}

/** As a person would say it: "entry page is not / or /pricing". */
export function filterInWords({ dimension, operator, values }: Filter): [string, string, string] {
  return [DIMENSION_WORDS[dimension], OPERATOR_WORDS[operator], values.join(" or ")];
}

/** The same question the other way round. */
export function opposite(filter: Filter): Filter {
  const others: Record<Operator, Operator> = { "==": "!=", "!=": "==", "~": "!~", "!~": "~" };
  return { ...filter, operator: others[filter.operator] };
}

/** Filters with one more; of a dimension that is asked to be one thing already, the new one takes its place. */
export function withFilter(filters: Filter[], added: Filter): Filter[] {
  const kept = filters.filter((each) => each.dimension !== added.dimension || each.operator !== added.operator);
  return [...kept, added];
}
