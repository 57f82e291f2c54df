/** Models that are no question about a session: what each says, and how good it is, in words. */

import type { Model } from "./api/models";
import { figure, share } from "./format";

const SAYS: Record<string, string> = {
  intent: "What is a visitor about to do? (in the browser)",
  return_7d: "Will this visitor be back within 7 days?",
  churn_30d: "Will this known visitor stay away for 30 days?",
  automation: "Is this session a program's?",
  recommendations: "Which items come next?",
  segments: "Which visitors behave alike?",
};

/** In the order in which they are told. */
export function otherModels(models: Model[]): Model[] {
  const order = Object.keys(SAYS);
  return models
    .filter((model) => model.task in SAYS)
    .sort((one, other) => order.indexOf(one.task) - order.indexOf(other.task));
}

export function isOther(model: Model): boolean {
  return model.task in SAYS;
}

export function says(model: Model): string {
  return SAYS[model.task] ?? model.task;
}

type Figures = Record<string, unknown>;

/** The figures of the version, each with its name; those of who comes back stand in their own panel. */
export function figuresInWords(model: Model): string[] {
  const metrics = (model.metrics ?? {}) as Figures;
  const number = (name: string) => (typeof metrics[name] === "number" ? (metrics[name] as number) : null);
  const told: string[] = [];
  const tell = (name: string, words: (value: number) => string) => {
    const value = number(name);
    if (value !== null) told.push(words(value));
  };
  if (model.task === "intent") {
    const classes = Object.entries((metrics.classes ?? {}) as Record<string, { auc: number | null }>);
    tell("log_loss", (value) => `log loss ${figure(value)} (base rates alone ${figure(number("log_loss_baseline"))})`);
    told.push(...classes.map(([name, { auc }]) => `${name}: AUC ${figure(auc)}`));
  }
  tell("silhouette", (value) => `silhouette ${figure(value)}`);
  tell("stability", (value) => `halves of the visitors agree to ${figure(value)}`);
  tell("likely_of_undeclared", (value) => `takes ${share(value)} of those who do not say so for programs`);
  tell("auc_against_declared", (value) => `AUC ${figure(value)} by what sessions say of themselves`);
  tell("hr_20", (value) => `what followed was among the first 20 in ${share(value)}`);
  tell("hr_20_trending", (value) => `among what is trending in ${share(value)}`);
  if (model.task === "return_7d" || model.task === "churn_30d") tell("auc", (value) => `AUC ${figure(value)}`);
  return told;
}
