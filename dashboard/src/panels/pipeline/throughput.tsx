import type { Pipeline } from "../../api/owner";
import { TimeSeries } from "../../charts/time-series";
import { Skeleton } from "../../elements/answer";
import { OwnerAnswer } from "../../elements/owner-answer";
import { Panel } from "../../elements/panel";
import { bucketName, count } from "../../format";
import type { Resource } from "../../resource";

/** What came in minute by minute, of all projects: a batch holds events of several. */
export function Throughput({ health }: { health: Resource<Pipeline> }) {
  return (
    <Panel title="Throughput" note="events a minute in the last hour, all projects" class="wide over-time">
      <OwnerAnswer
        of={health}
        skeleton={<Skeleton height={200} />}
        nothing={({ throughput }) =>
          throughput.some(({ events }) => events > 0) ? null : "Nothing came in within the last hour."
        }
      >
        {({ throughput }) => (
          <TimeSeries
            label="Events by minute"
            interval="minute"
            t={throughput.map(({ t }) => t)}
            y={throughput.map(({ events }) => events)}
            filling
            describe={(index) => {
              const minute = throughput[index];
              return {
                title: bucketName(minute?.t ?? 0, "minute", Date.now()),
                lines: [
                  { label: "Events", value: count(minute?.events), shown: true },
                  { label: "Batches", value: count(minute?.batches), shown: false },
                ],
              };
            }}
            onSelect={() => {}}
          />
        )}
      </OwnerAnswer>
    </Panel>
  );
}
