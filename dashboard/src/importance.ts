/** What a model goes by: which features are drawn, and how far their bars reach. */

import type { FeatureImportance, Importance } from "./api/models";
import { count, figure, plural } from "./format";

export interface ImportanceRow {
  feature: string;
  meaning: string;
  /** From 0 to 1, of the longest: the bar, and the ends of its spread. */
  length: number;
  low: number;
  high: number;
  words: string;
  /** Of what it is a part. */
  of: string | null;
}

const FEATURES = 6;
const PARTS = 3;

/** Features that matter, the weightiest first, each with its parts below it; a bar is by how much log loss grows. Of all
 * of them, or of the first alone. */
export function importanceRows({ features }: Importance, isWhole: boolean): ImportanceRow[] {
  const mattering = features.filter(matters);
  const most = Math.max(...mattering.map((each) => each.increase + each.spread));
  const [shown, parts] = isWhole ? [mattering, Number.POSITIVE_INFINITY] : [mattering.slice(0, FEATURES), PARTS];
  return shown.flatMap((each) => [
    rowOf(each, most, null),
    ...(each.parts ?? [])
      .filter(matters)
      .slice(0, parts)
      .map((part) => rowOf(part, most, each.feature)),
  ]);
}

/** What the bars say. */
export function importanceInWords({ examples, measure, repeats }: Importance): string {
  if (repeats === undefined)
    return (
      `By how much the ${measure} of ${plural(examples, "session")} that it takes for programs falls where one thing ` +
      "is as usual, or one rule is not asked; the line is the standard error. What says the same shares the weight."
    );
  const worse = measure === undefined ? "How much worse its log loss gets" : `By how much ${measure} falls`;
  return (
    `${worse} on ${count(examples)} held-out examples where the values of a feature are mixed up; the line is the ` +
    `spread of ${repeats} tries. Features that say the same share their weight.`
  );
}

/** How many of the features changed nothing that the spread would not hide. */
export function withoutWeight({ features }: Importance): number {
  return features.filter((each) => !matters(each)).length;
}

/** By more than shuffling once more would change it. */
function matters({ increase, spread }: FeatureImportance): boolean {
  return increase > 0 && increase > spread;
}

function rowOf({ feature, meaning, increase, spread }: FeatureImportance, most: number, of: string | null) {
  return {
    feature,
    meaning,
    length: increase / most,
    low: Math.max(0, increase - spread) / most,
    high: Math.min(1, (increase + spread) / most),
    words: `${figure(increase, 4)} ± ${figure(spread, 4)}`,
    of,
  };
}
