import type { Pipeline } from "../../api/owner";
import { now } from "../../clock";
import { Skeleton } from "../../elements/answer";
import { OwnerAnswer } from "../../elements/owner-answer";
import { Panel } from "../../elements/panel";
import { ago, exactCount } from "../../format";
import type { Resource } from "../../resource";

/** What is stored and no worker could read: the raw batch keeps it. */
export function UnreadablePanel({ health }: { health: Resource<Pipeline> }) {
  return (
    <Panel
      title="Could not be read"
      note={health.data && health.data.unreadable.count > 0 && exactCount(health.data.unreadable.count)}
      class="half"
    >
      <OwnerAnswer
        of={health}
        skeleton={<Skeleton rows={2} height={36} />}
        nothing={({ unreadable }) => (unreadable.count === 0 ? "Workers could read everything that is stored." : null)}
      >
        {({ unreadable }) => (
          <ul class="rows">
            {unreadable.newest.map((each) => (
              <li key={`${each.partition}-${each.seq}-${each.place}`} class="row">
                <span class="what">
                  {each.reason}
                  <small>
                    partition {each.partition}, batch {each.seq}
                    {each.place >= 0 && `, place ${each.place}`}
                  </small>
                </span>
                <span class="hint">{ago(Date.parse(each.recorded_at), now.value)}</span>
              </li>
            ))}
          </ul>
        )}
      </OwnerAnswer>
    </Panel>
  );
}
