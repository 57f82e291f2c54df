import { api } from "../api";
import type { Returns } from "../api/findings";
import type { ModelMetrics } from "../api/models";
import type { Project } from "../api/projects";
import { Calibration } from "../charts/calibration";
import { ImportanceBars } from "../charts/importance-bars";
import { Lift } from "../charts/lift";
import { Answer, Skeleton } from "../elements/answer";
import { Badge } from "../elements/badge";
import { Panel } from "../elements/panel";
import { amount, count, plural } from "../format";
import type { Live } from "../live";
import { useResource } from "../resource";
import { ModelFigures, type TaskWords } from "./model-figures";
import "../elements/report.css";
import "./model.css";

const RETURNS_MS = 60_000;

const TASKS: [keyof Returns["tasks"], TaskWords][] = [
  [
    "return_7d",
    { asks: "Will this visitor be back within 7 days?", does: "comes back", did: "came back", who: "visitor" },
  ],
  [
    "churn_30d",
    { asks: "Will this known visitor stay away for 30 days?", does: "stays away", did: "stayed away", who: "visitor" },
  ],
];

/** Who is expected back and who to stay away, and how far that can be trusted. */
export function ReturnsPanel({ project, live }: { project: Project; live: Live }) {
  const returns = useResource(`returns ${project.id}`, (abort) => api.returns(project.id, abort), {
    beat: live.beat,
    atLeastMs: RETURNS_MS,
    idleMs: 2 * RETURNS_MS,
  });
  return (
    <Panel title="Who comes back" note="of visitors, once an hour">
      <Answer of={returns} skeleton={<Skeleton rows={2} height={56} />}>
        {(answer) => (
          <>
            {answer.visitors > 0 && <p class="report-lead">{expectedInWords(answer)}</p>}
            {TASKS.map(([name, words]) => (
              <Task key={name} words={words} {...answer.tasks[name]} />
            ))}
          </>
        )}
      </Answer>
    </Panel>
  );
}

function expectedInWords({
  visitors,
  known,
  expected_back: back,
  expected_gone: gone,
  revenue_at_risk: risk,
}: Returns) {
  const returning = back === null ? "" : ` about ${count(Math.round(back))} are expected back within 7 days`;
  const leaving =
    gone === null ? "" : `; of ${count(known)} known ones about ${count(Math.round(gone))} to stay away for 30`;
  const lost = risk ? `, who have brought in ${amount(risk)}` : "";
  return `Of ${plural(visitors, "visitor")} of the last 90 days${returning}${leaving}${lost}.`;
}

interface TaskProps {
  words: TaskWords;
  reason: string | null;
  model: Partial<ModelMetrics> | null;
}

function Task({ words, reason, model }: TaskProps) {
  return (
    <article class="model report">
      <div class="report-head">
        <h3>{words.asks}</h3>
        {model ? <Badge kind="ready">In use</Badge> : <Badge kind="abstaining">Abstains</Badge>}
      </div>
      {!model && (
        <p class="abstains-because">
          <strong>It gives no scores:</strong> {reason ?? "it has not earned an opinion yet"}.
        </p>
      )}
      {model && (
        <>
          <div class="model-grid">
            <ModelFigures metrics={model} words={words} />
            <div class="model-chart">
              <h4>Calibration</h4>
              <p>On the dashed line, 20% predicted means that 20% {words.did}. Upright bars: 95% intervals.</p>
              <Calibration points={model.calibration ?? []} of="visitor" />
            </div>
            <div class="model-chart">
              <h4>Lift</h4>
              <p>How many times the average each tenth {words.did}, highest scores first.</p>
              <Lift deciles={model.lift ?? []} />
            </div>
          </div>
          {model.importance && <ImportanceBars importance={model.importance} />}
        </>
      )}
    </article>
  );
}
