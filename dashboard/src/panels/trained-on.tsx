import type { Model } from "../api/models";
import { Badge } from "../elements/badge";

const WORDS: Record<NonNullable<Model["trained_on"]>, string> = {
  simulated: "Trained on simulated shoppers",
  observed: "Trained on observed visitors",
  mixed: "Trained on simulated and observed visitors",
};

/** From whom a model has learned: simulated shoppers say little of people. */
export function TrainedOn({ model }: { model: Model }) {
  const words = model.trained_on && WORDS[model.trained_on];
  if (!words || !model.trained_at) return null;
  return <Badge kind={model.trained_on === "observed" ? "real" : "simulated"}>{words}</Badge>;
}
