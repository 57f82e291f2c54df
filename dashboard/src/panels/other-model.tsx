import type { Model } from "../api/models";
import { ImportanceBars } from "../charts/importance-bars";
import { Badge } from "../elements/badge";
import { dateTimeOf } from "../format";
import { figuresInWords, says } from "../other-models";
import { ModelSince } from "./model-since";
import { TrainedOn } from "./trained-on";

/** A model that is no question about a session: whether it is in use and why, how good it is, what it goes by. */
export function OtherModel({ model }: { model: Model }) {
  const figures = figuresInWords(model);
  const isInReturns = model.task === "return_7d" || model.task === "churn_30d";
  return (
    <article class="model report">
      <div class="report-head">
        <h3>{says(model)}</h3>
        {model.status === "ready" ? <Badge kind="ready">In use</Badge> : <Badge kind="abstaining">Abstains</Badge>}
        <TrainedOn model={model} />
        {model.version != null && <span class="number">Version {model.version}</span>}
        {model.trained_at && <span class="number">trained {dateTimeOf(Date.parse(model.trained_at))}</span>}
      </div>
      {model.status === "abstaining" && (
        <p class="abstains-because">
          <strong>It says nothing:</strong> {model.reason ?? "it has not earned an opinion yet."}
        </p>
      )}
      {figures.length > 0 && <p class="number">{figures.join(" · ")}</p>}
      {model.metrics?.importance && !isInReturns && <ImportanceBars importance={model.metrics.importance} />}
      <ModelSince model={model} words={{ asks: says(model), does: "is as asked", did: "was as asked" }} />
    </article>
  );
}
