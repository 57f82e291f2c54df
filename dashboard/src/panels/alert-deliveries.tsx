import type { Delivery } from "../api/alerts";
import { now } from "../clock";
import { Answer, Skeleton } from "../elements/answer";
import { Badge } from "../elements/badge";
import { Panel } from "../elements/panel";
import { ago, plural } from "../format";
import type { Resource } from "../resource";

const BADGES = { delivered: "ready", waiting: "abstaining", failed: "worse" } as const;

/** What was said lately, and whether it got there. */
export function AlertDeliveries({ deliveries }: { deliveries: Resource<{ deliveries: Delivery[] }> }) {
  return (
    <Panel title="Messages" note="kept for 30 days" class="alert-deliveries">
      <Answer
        of={deliveries}
        skeleton={<Skeleton rows={3} height={44} />}
        nothing={({ deliveries: all }) => (all.length === 0 ? "Nothing has been said yet." : null)}
      >
        {({ deliveries: all }) => (
          <ol class="alert-list">
            {all.map((each) => (
              <li key={each.delivery}>
                <div class="alert-what">
                  <p class="alert-name">
                    <Badge kind={BADGES[each.state]}>{each.state}</Badge>
                    <strong>{each.destination}</strong>
                    <span class="alert-aside">{ago(each.created_at, now.value)}</span>
                  </p>
                  <p class="alert-text">{each.text}</p>
                  <p class="alert-aside">{outcome(each)}</p>
                </div>
              </li>
            ))}
          </ol>
        )}
      </Answer>
    </Panel>
  );
}

function outcome({ attempts, answer, state }: Delivery): string {
  if (attempts === 0) return "not tried yet";
  return `${plural(attempts, "attempt")}${answer ? `, ${answer}` : ""}${state === "waiting" ? "; it will be tried again" : ""}`;
}
