import type { Drift, Model, Realised } from "../api/models";
import { DriftBars } from "../charts/drift-bars";
import { RealisedLine } from "../charts/realised-line";
import { VersionsLine } from "../charts/versions-line";
import { dateTimeOf, figure, plural, share } from "../format";
import type { TaskWords } from "./model-figures";

/** What became of the model since it was trained: why it is in use, how its scores turned out, whether it still fits. */
export function ModelSince({ model, words }: { model: Model; words: TaskWords }) {
  const { challenger, realised, drift } = model;
  const versions = model.versions ?? [];
  const judged = versions.filter((each) => each.auc !== null).length;
  return (
    <dl class="model-since">
      {model.decided_because && (
        <>
          <dt>Why this version</dt>
          <dd>{sentence(model.decided_because)}</dd>
        </>
      )}
      {challenger && (
        <>
          <dt>
            Version {challenger.version}, trained {dateTimeOf(Date.parse(challenger.trained_at))}, is not in use
          </dt>
          {challenger.decided_because && <dd>{sentence(challenger.decided_because)}</dd>}
        </>
      )}
      {judged > 1 && (
        <>
          <dt>How its versions did</dt>
          <dd>
            <VersionsLine versions={versions} />
          </dd>
        </>
      )}
      {realised && (
        <>
          <dt>How its scores turned out</dt>
          <dd>
            {turnedOut(realised, words.did)}
            <RealisedLine
              versions={versions.flatMap((each) =>
                each.realised ? [{ version: each.version, days: each.realised.days }] : [],
              )}
              inUse={Number(model.version)}
              heldOut={model.metrics?.auc ?? null}
            />
          </dd>
        </>
      )}
      {drift && (
        <>
          <dt>{drift.drifted.length > 0 ? "Sessions have changed since it learned" : "Sessions since it learned"}</dt>
          <dd>
            {driftInWords(drift)}
            <DriftBars drift={drift} />
          </dd>
        </>
      )}
    </dl>
  );
}

/** Figures of the last 28 days, beside which those of the held-out sessions stand. */
export function turnedOut(realised: Realised, did: string): string {
  const { auc, auc_low: low, auc_high: high, log_loss: loss, log_loss_baseline: base, ece } = realised;
  const ranked =
    auc === null
      ? "all or none came true, so there is no AUC"
      : `AUC ${figure(auc)} (${figure(low)} to ${figure(high)})`;
  return (
    `Of ${plural(realised.sessions, "sampled session")} since ${realised.since}, scored as they went on: after ` +
    `${share(realised.base_rate)} of the moments the session ${did}; ${ranked}, log loss ${figure(loss)} ` +
    `(baseline ${figure(base)}), calibration error ${(ece * 100).toFixed(1)} points.`
  );
}

export function driftInWords(drift: Drift): string {
  if (drift.reason) return sentence(drift.reason);
  const looked = plural(drift.sessions, "session");
  if (drift.drifted.length === 0) return `The latest ${looked} are like those it learned from.`;
  const farthest = drift.features.filter((feature) => drift.drifted.includes(feature.name)).slice(0, 5);
  const named = farthest.map((feature) => `${feature.name} ${figure(feature.psi)}`).join(", ");
  const more = drift.drifted.length - farthest.length;
  return (
    `In the latest ${looked} ${plural(drift.drifted.length, "feature")} differ beyond noise, by population stability ` +
    `index: ${named}${more > 0 ? ` and ${more} more` : ""}. A new version is trained once a day until one takes its place.`
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}
