import { anomalyInWords, metricInWords } from "../anomalies";
import { api } from "../api";
import { Answer, Skeleton } from "../elements/answer";
import { Panel } from "../elements/panel";
import { dateTimeOf } from "../format";
import { paceOf, type Question } from "../pages/question";
import { useResource } from "../resource";
import "./findings.css";

const SHOWN = 12;

/** Counts of the range that were out of the ordinary. */
export function AnomaliesPanel({ question }: { question: Question }) {
  const anomalies = useResource(
    `anomalies ${question.key}`,
    async (abort) => {
      const { from, to } = question.window();
      const { anomalies: found } = await api.anomalies(question.project, from, abort);
      return found.filter((each) => each.bucket < to);
    },
    paceOf(question),
  );
  return (
    <Panel title="Out of the ordinary" note="counts that their own past does not explain" class="findings half">
      <Answer
        of={anomalies}
        skeleton={<Skeleton rows={4} height={40} />}
        nothing={(found) => found.length === 0 && "Nothing was out of the ordinary in this range."}
      >
        {(found) => (
          <ul>
            {found.slice(0, SHOWN).map((anomaly) => (
              <li key={`${anomaly.bucket} ${anomaly.seconds} ${anomaly.metric} ${anomaly.dimension} ${anomaly.value}`}>
                <p>{anomalyInWords(anomaly)}.</p>
                <span class="when number">
                  {dateTimeOf(anomaly.bucket)} · {metricInWords(anomaly.metric)}{" "}
                  {anomaly.observed > anomaly.high ? "above" : "below"}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </Panel>
  );
}
