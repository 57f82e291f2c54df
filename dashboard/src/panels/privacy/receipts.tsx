import { owner, type Receipt } from "../../api/owner";
import type { Project } from "../../api/projects";
import { Skeleton } from "../../elements/answer";
import { OwnerAnswer } from "../../elements/owner-answer";
import { Panel } from "../../elements/panel";
import { dateTimeOf } from "../../format";
import { removedInWords } from "./counts";
import { ReceiptCard } from "./erase-person";
import { useTrail } from "./trail";

/** The receipts of all erasures: kept with the audit trail, without anybody's name. */
export function Receipts({ project, done }: { project: Project; done: number }) {
  const trail = useTrail(`receipts ${project.id} ${done}`, (before, abort) =>
    owner.erasures(project.id, before, abort),
  );
  return (
    <Panel title="Receipts" note="of erasures; kept, without anybody's name">
      <OwnerAnswer
        of={trail.first}
        skeleton={<Skeleton rows={2} height={44} />}
        nothing={({ entries }) => (entries.length === 0 ? "Nobody has been erased." : null)}
      >
        {() => (
          <ul class="rows">
            {trail.entries.map((entry) => {
              const receipt = entry.detail as unknown as Receipt;
              return (
                <li key={entry.entry}>
                  <details>
                    <summary>
                      A {receipt.kind}, {dateTimeOf(Date.parse(entry.at))}:{" "}
                      {removedInWords({ ...receipt.raw, sessions: receipt.analytics.sessions ?? 0 })}
                    </summary>
                    <ReceiptCard receipt={receipt} />
                  </details>
                </li>
              );
            })}
          </ul>
        )}
      </OwnerAnswer>
      {trail.older && (
        <button type="button" class="button" onClick={trail.older}>
          Older ones
        </button>
      )}
    </Panel>
  );
}
