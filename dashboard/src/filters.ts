/** Filters of sessions as the API writes them: source==google|bing, page~/blog/, country!=de, views>=3, conversion<0.2. */

import type { Dimension } from "./api/traffic";

export const TEXT_OPERATORS = ["==", "!=", "~", "!~"] as const;
export const NUMBER_OPERATORS = [">=", ">", "<=", "<"] as const;
export type Operator = (typeof TEXT_OPERATORS)[number] | (typeof NUMBER_OPERATORS)[number];

export type NumberName =
  | "views"
  | "events"
  | "duration_seconds"
  | "engaged_seconds"
  | "revenue"
  | "conversion"
  | "leave_30s"
  | "leave_page"
  | "return_7d"
  | "churn_30d";

/** What sessions are filtered by: a text that they have, or a number that they come to. */
export type Filterable = Dimension | NumberName;

export interface Filter {
  dimension: Filterable;
  operator: Operator;
  /** Of a number a single one, as it is written. */
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

export const COUNT_WORDS = {
  views: "page views",
  events: "events",
  duration_seconds: "seconds it lasted",
  engaged_seconds: "seconds engaged",
  revenue: "revenue",
} satisfies Partial<Record<NumberName, string>>;

/** From 0 to 1: of the session as it was scored last, and of its visitor. */
export const SCORE_WORDS = {
  conversion: "chance to convert",
  leave_30s: "chance to leave within 30 s",
  leave_page: "chance to leave with this page",
  return_7d: "chance to be back within 7 days",
  churn_30d: "chance to stay away for 30 days",
} satisfies Partial<Record<NumberName, string>>;

const NUMBER_WORDS: Record<NumberName, string> = { ...COUNT_WORDS, ...SCORE_WORDS };
const FILTERABLE_WORDS: Record<Filterable, string> = { ...DIMENSION_WORDS, ...NUMBER_WORDS };

export const OPERATOR_WORDS: Record<Operator, string> = {
  "==": "is",
  "!=": "is not",
  "~": "contains",
  "!~": "does not contain",
  ">=": "at least",
  ">": "above",
  "<=": "at most",
  "<": "below",
};

/** As the API takes them. */
const NUMBER = /^-?[0-9]{1,12}(\.[0-9]{1,6})?$/;

export function isNumberName(name: string): name is NumberName {
  return Object.hasOwn(NUMBER_WORDS, name);
}

export function operatorsOf(dimension: Filterable): readonly Operator[] {
  return isNumberName(dimension) ? NUMBER_OPERATORS : TEXT_OPERATORS;
}

/** A value as the API takes it, of what was typed; null: it cannot be asked for. */
export function typedValue(dimension: Filterable, typed: string): string | null {
  const text = typed.trim();
  if (!isNumberName(dimension)) return text === "" ? null : text;
  if (text === "" || Number.isNaN(Number(text))) return null;
  const number = Number(text)
    .toFixed(6)
    .replace(/\.?0+$/, "");
  return NUMBER.test(number) ? number : null;
}

/** Null: it is none, as in a link that was cut off. */
export function parseFilter(text: string): Filter | null {
  const found = /^([a-z0-9_]+)(==|!=|!~|~|>=|<=|>|<)(.*)$/s.exec(text);
  const [, name, operator, rest] = found ?? [];
  if (!name || !operator || rest === undefined || !Object.hasOwn(FILTERABLE_WORDS, name)) return null;
  const dimension = name as Filterable;
  if (!operatorsOf(dimension).includes(operator as Operator)) return null;
  if (!isNumberName(dimension)) return { dimension, operator: operator as Operator, values: splitValues(rest) };
  return NUMBER.test(rest) ? { dimension, operator: operator as Operator, values: [rest] } : null;
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
  return [FILTERABLE_WORDS[dimension], OPERATOR_WORDS[operator], values.join(" or ")];
}

/** The same question the other way round. */
export function opposite(filter: Filter): Filter {
  const others: Record<Operator, Operator> = {
    "==": "!=",
    "!=": "==",
    "~": "!~",
    "!~": "~",
    ">=": "<",
    "<": ">=",
    ">": "<=",
    "<=": ">",
  };
  return { ...filter, operator: others[filter.operator] };
}

/** Filters with one more; of a dimension that is asked to be one thing already, the new one takes its place. */
export function withFilter(filters: Filter[], added: Filter): Filter[] {
  const kept = filters.filter((each) => each.dimension !== added.dimension || each.operator !== added.operator);
  return [...kept, added];
}
