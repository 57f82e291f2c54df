import type { Pipeline } from "../../api/owner";
import { now } from "../../clock";
import { Skeleton } from "../../elements/answer";
import { Badge } from "../../elements/badge";
import { OwnerAnswer } from "../../elements/owner-answer";
import { Panel } from "../../elements/panel";
import { ago, duration, exactCount, plural } from "../../format";
import type { Resource } from "../../resource";
import { archiveInWords } from "./behind";
import "./keeping-up.css";

const SLOW_MS = 10_000;

/** How far workers are behind the log, who they are, and what waits on this machine's disk. */
export function KeepingUp({ health }: { health: Resource<Pipeline> }) {
  return (
    <Panel title="Keeping up" class="narrow">
      <OwnerAnswer of={health} skeleton={<Skeleton rows={4} height={40} />}>
        {(data) => (
          <>
            <dl class="facts-line">
              <div>
                <dt>Workers behind</dt>
                <dd class="number">{duration(data.lag_ms)}</dd>
              </div>
              {data.archive && (
                <div>
                  <dt>Archive behind</dt>
                  <dd class="number">{archiveInWords(data.archive)}</dd>
                </div>
              )}
              <div>
                <dt>Workers alive</dt>
                <dd class="number">{data.workers.filter((worker) => worker.alive).length}</dd>
              </div>
              {data.spool && (
                <div>
                  <dt>Waiting on disk</dt>
                  <dd class="number">
                    {data.spool.bytes === 0 ? "nothing" : `${exactCount(Math.ceil(data.spool.bytes / 1024))} kB`}
                    {data.spool.oldest_at !== null && ` since ${duration(Date.now() - data.spool.oldest_at)}`}
                  </dd>
                </div>
              )}
            </dl>
            {!data.log_answers && (
              <p class="said bad">
                The event log does not answer: how far workers are behind is not known. What comes in is kept on the
                disks of the ingestion nodes.
              </p>
            )}
            <Partitions partitions={data.partitions} />
            <ul class="rows workers">
              {data.workers.map((worker) => (
                <li key={worker.name} class="row">
                  <span class="what mono">{worker.name}</span>
                  <span class="hint">
                    {plural(worker.partitions, "partition")} · seen {ago(Date.parse(worker.seen_at), now.value)}
                  </span>
                  {!worker.alive && <Badge kind="worse">gone</Badge>}
                </li>
              ))}
            </ul>
            {data.workers.length === 0 && (
              <p class="said bad">No worker runs: nothing is applied. Start one with: gooddata work</p>
            )}
          </>
        )}
      </OwnerAnswer>
    </Panel>
  );
}

function Partitions({ partitions }: { partitions: Pipeline["partitions"] }) {
  return (
    <ul class="partitions" aria-label="Partitions of the log">
      {partitions.map((each) => (
        <li key={each.partition} class={each.lag_ms > SLOW_MS ? "slow" : each.behind > 0 ? "behind" : ""}>
          <b class="number">{each.partition}</b>
          <span class="number">{each.behind === 0 ? "up to date" : `${exactCount(each.behind)} behind`}</span>
          <small class="number">{each.behind === 0 ? `${exactCount(each.head)} batches` : duration(each.lag_ms)}</small>
        </li>
      ))}
    </ul>
  );
}
