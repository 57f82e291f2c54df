import { Field } from "../generated/vectorFields";

/** A softmax over the logarithms of the vector: for each class a bias and, from 1 on, a weight a field, in `scale`-ths. */
export interface Model {
  /** 0, or none, for the one that is built in. */
  version?: number;
  vector_version?: number;
  trained?: boolean;
  scale?: number;
  classes: readonly string[];
  weights: readonly { readonly [place: number]: number }[];
}

/** What holds on most sites, until there is a model of this one: few buy, and more of them after some pages. */
export const UNTRAINED: Model = {
  classes: ["convert", "leave", "struggle", "browse"],
  weights: [
    { 0: -5, [Field.visit_pages + 1]: 1 },
    { 0: -2, [Field.exit_intents + 1]: 2 },
    { 0: -4, [Field.rage_clicks + 1]: 3 },
    {},
  ],
};

/** The probability of each class; gooddata/intelligence/training/intent/ computes the same. */
export function probabilitiesOf(
  { scale = 1, classes, weights }: Model,
  vector: readonly number[],
): Record<string, number> {
  const odds = weights.map((row) =>
    Math.exp(
      vector.reduce((sum, value, at) => sum + (row[at + 1] ?? 0) * Math.log1p(Math.max(0, value)), row[0] ?? 0) / scale,
    ),
  );
  const all = odds.reduce((sum, each) => sum + each);
  return Object.fromEntries(classes.map((name, at) => [name, (odds[at] as number) / all]));
}
