import type { ModelMetrics } from "../api/models";
import { AucScale } from "../charts/auc-scale";
import { figure, share } from "../format";

/** `who` is what is asked about, a session where it is not said. */
export type TaskWords = { asks: string; does: string; did: string; who?: "session" | "visitor" };

/** The held-out figures, each with what it means in words. */
export function ModelFigures({ metrics, words }: { metrics: Partial<ModelMetrics>; words: TaskWords }) {
  const { auc, auc_interval: interval, log_loss: loss, log_loss_baseline: baseline, ece } = metrics;
  return (
    <dl class="model-figures">
      <div>
        <dt>AUC</dt>
        <dd class="value number">
          {figure(auc)} {interval && <small>{`${figure(interval[0])} to ${figure(interval[1])}`}</small>}
        </dd>
        {auc != null && (
          <dd>
            <AucScale auc={auc} interval={interval} />
            <p class="meaning">
              Shown a {words.who ?? "session"} that {words.does} and one that does not, it ranks them rightly{" "}
              {Math.round(auc * 100)} times in 100.
            </p>
          </dd>
        )}
      </div>
      <div>
        <dt>Log loss</dt>
        <dd class="value number">
          {figure(loss)} {baseline != null && <small>baseline {figure(baseline)}</small>}
        </dd>
        {loss != null && baseline != null && <dd class="meaning">{againstBaseline(loss, baseline)}</dd>}
      </div>
      <div>
        <dt>Average precision</dt>
        <dd class="value number">{figure(metrics.average_precision)}</dd>
        <dd class="meaning">How many of those it points at {words.did}, averaged over every cut-off.</dd>
      </div>
      <div>
        <dt>Calibration error</dt>
        <dd class="value number">{figure(ece)}</dd>
        {ece != null && (
          <dd class="meaning">On average a predicted percentage is off by {(ece * 100).toFixed(1)} points.</dd>
        )}
      </div>
    </dl>
  );
}

function againstBaseline(loss: number, baseline: number): string {
  const better = 1 - loss / baseline;
  if (better < 0.005) return "No better than always saying the average.";
  return `${share(better)} less surprised than by always saying the average.`;
}
