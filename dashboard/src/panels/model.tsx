import { api } from "../api";
import type { Model, ModelMetrics } from "../api/models";
import type { Project } from "../api/projects";
import { Calibration } from "../charts/calibration";
import { ImportanceBars } from "../charts/importance-bars";
import { Lift } from "../charts/lift";
import { Answer, Skeleton } from "../elements/answer";
import { Badge } from "../elements/badge";
import { Panel } from "../elements/panel";
import { count, dateTimeOf, plural } from "../format";
import type { Live } from "../live";
import { isOther, otherModels } from "../other-models";
import { useResource } from "../resource";
import { ModelFigures, type TaskWords } from "./model-figures";
import { ModelSince } from "./model-since";
import { OtherModel } from "./other-model";
import { TrainedOn } from "./trained-on";
import "../elements/report.css";
import "./model.css";

const MODEL_MS = 10_000;

/** What a task asks of a session, and how it is said that it does, and did, come true. */
const TASKS: Record<string, TaskWords> = {
  conversion: { asks: "Will this session convert?", does: "converts", did: "converted" },
  leave_30s: { asks: "Will this visitor be gone within 30 seconds?", does: "ends by then", did: "ended by then" },
  leave_page: { asks: "Is this the last page of the visit?", does: "ends with it", did: "ended with it" },
};

/** How good each model is, on sessions that it was not trained on. */
export function ModelPanel({ project, live }: { project: Project; live: Live }) {
  const models = useResource(project.id, async (abort) => (await api.models(project.id, abort)).models, {
    beat: live.beat,
    atLeastMs: MODEL_MS,
    idleMs: 3 * MODEL_MS,
  });
  return (
    <Panel title="Model quality" note="measured on later sessions that it never saw">
      <Answer
        of={models}
        skeleton={<Skeleton rows={4} height={56} />}
        nothing={(list) =>
          list.length === 0 && (
            <p>
              No model has been trained yet. <code class="mono">gooddata train</code> trains one.
            </p>
          )
        }
      >
        {(list) => (
          <>
            {list
              .filter((model) => !isOther(model))
              .map((model) => (
                <ModelReport key={model.task} model={model} />
              ))}
            {otherModels(list).map((model) => (
              <OtherModel key={model.task} model={model} />
            ))}
          </>
        )}
      </Answer>
    </Panel>
  );
}

function ModelReport({ model }: { model: Model }) {
  const metrics = model.metrics ?? {};
  const calibration = metrics.calibration ?? [];
  const lift = metrics.lift ?? [];
  const isTested = metrics.auc != null;
  const words = TASKS[model.task] ?? { asks: model.task, does: "is as asked", did: "was as asked" };
  return (
    <article class="model report">
      <div class="report-head">
        <h3>{words.asks}</h3>
        {model.status === "ready" ? <Badge kind="ready">In use</Badge> : <Badge kind="abstaining">Abstains</Badge>}
        <TrainedOn model={model} />
        {model.version != null && <span class="number">Version {model.version}</span>}
        {model.trained_at && <span class="number">trained {dateTimeOf(Date.parse(model.trained_at))}</span>}
      </div>
      {model.status === "abstaining" && (
        <p class="abstains-because">
          <strong>It gives no scores:</strong> {model.reason ?? "it has not earned an opinion yet."}
        </p>
      )}
      {isTested && (
        <div class="model-grid">
          <div class="model-words">
            <ModelFigures metrics={metrics} words={words} />
            <ModelFoot model={model} metrics={metrics} />
          </div>
          {calibration.length > 0 && (
            <div class="model-chart">
              <h4>Calibration</h4>
              <p>On the dashed line, 20% predicted means that 20% {words.did}. Upright bars: 95% intervals.</p>
              <Calibration points={calibration} />
            </div>
          )}
          {lift.length > 0 && (
            <div class="model-chart">
              <h4>Lift</h4>
              <p>How many times the average each tenth {words.did}, highest scores first.</p>
              <Lift deciles={lift} />
            </div>
          )}
        </div>
      )}
      {metrics.importance && <ImportanceBars importance={metrics.importance} />}
      {!isTested && <ModelFoot model={model} metrics={metrics} />}
      <ModelSince model={model} words={words} />
    </article>
  );
}

function ModelFoot({ model, metrics }: { model: Model; metrics: Partial<ModelMetrics> }) {
  const features = model.features ?? [];
  if (metrics.sessions_train === undefined && features.length === 0) return null;
  return (
    <div class="model-foot number">
      {metrics.sessions_train !== undefined && (
        <span>
          Learned from {plural(metrics.sessions_train, "session")}
          {model.task === "conversion" && `, ${count(metrics.positives_train)} of them converted`}.
        </span>
      )}
      {metrics.sessions_test !== undefined && (
        <span>
          Tested on {plural(metrics.sessions_test, "session")}
          {metrics.split_at && ` after ${dateTimeOf(Date.parse(metrics.split_at))}`}
          {model.task === "conversion" && `, ${count(metrics.positives_test)} converted`}
          {metrics.examples_test !== undefined && `; ${count(metrics.examples_test)} moments of them scored`}.
        </span>
      )}
      {features.length > 0 && (
        <details>
          <summary>Looks at {plural(features.length, "feature")}</summary>
          <ul class="features mono">
            {features.map((feature) => (
              <li key={feature}>{feature}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
