import { api } from "../api";
import type { Project } from "../api/projects";
import { Answer, Skeleton } from "../elements/answer";
import { Panel } from "../elements/panel";
import { dateTimeOf } from "../format";
import type { Live } from "../live";
import { useResource } from "../resource";
import "./findings.css";

const INSIGHTS_MS = 30_000;

/** What changed, for whom and since when, in sentences. */
export function InsightsPanel({ project, live }: { project: Project; live: Live }) {
  const insights = useResource(`insights ${project.id}`, (abort) => api.insights(project.id, abort), {
    beat: live.beat,
    atLeastMs: INSIGHTS_MS,
    idleMs: 2 * INSIGHTS_MS,
  });
  return (
    <Panel title="What changed" note="found by comparing every group with itself before" class="findings half">
      <Answer
        of={insights}
        skeleton={<Skeleton rows={4} height={40} />}
        nothing={(found) =>
          found.insights.length === 0 && (found.reason ?? "Nothing has changed beyond what chance would do.")
        }
      >
        {(found) => (
          <ul>
            {found.insights.map((insight) => (
              <li key={insight.key}>
                <p>{insight.sentence}</p>
                <span class="when number">seen first {dateTimeOf(insight.first_seen)}</span>
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </Panel>
  );
}
