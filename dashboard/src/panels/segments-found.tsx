import { api } from "../api";
import type { Project } from "../api/projects";
import { Answer, Skeleton } from "../elements/answer";
import { Panel } from "../elements/panel";
import { plural, share } from "../format";
import type { Live } from "../live";
import { useResource } from "../resource";
import "./findings.css";

const SEGMENTS_MS = 60_000;

/** Groups of visitors that behave alike, found without anybody saying what to look for. */
export function SegmentsFound({ project, live }: { project: Project; live: Live }) {
  const segments = useResource(`segments ${project.id}`, (abort) => api.segments(project.id, abort), {
    beat: live.beat,
    atLeastMs: SEGMENTS_MS,
    idleMs: 2 * SEGMENTS_MS,
  });
  return (
    <Panel title="Visitors that behave alike" note="grouped by what they do" class="findings">
      <Answer
        of={segments}
        skeleton={<Skeleton rows={3} height={40} />}
        nothing={(found) => found.segments.length === 0 && (found.reason ?? "No groups have been found yet.")}
      >
        {(found) => (
          <ul class="columns">
            {found.segments.map((segment) => (
              <li key={segment.segment}>
                <p>
                  <strong>{segment.name}</strong>
                </p>
                <p>{segment.description}</p>
                <span class="when number">
                  {plural(segment.members, "visitor")}
                  {segment.share !== null && ` · ${share(segment.share)}`}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </Panel>
  );
}
