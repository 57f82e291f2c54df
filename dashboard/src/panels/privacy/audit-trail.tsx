import { type AuditEntry, owner } from "../../api/owner";
import type { Project } from "../../api/projects";
import { Skeleton } from "../../elements/answer";
import { OwnerAnswer } from "../../elements/owner-answer";
import { Panel } from "../../elements/panel";
import { dateTimeOf } from "../../format";
import { useTrail } from "./trail";

const DONE: Record<string, string> = {
  erase: "erased a person",
  export: "exported what is held",
  "read events": "read raw events",
  "read rejected": "read rejected events",
  "replay rejected": "sent rejected events again",
  "trace event": "traced an event",
  "set retention": "changed how long something is kept",
  retention: "ended what was past its term",
};

/** Who did what with raw events, and when. Nobody can change it, and the operator can only add to it. */
export function AuditTrail({ project, done }: { project: Project; done: number }) {
  const trail = useTrail(`audit ${project.id} ${done}`, (before, abort) => owner.audit(project.id, before, abort));
  return (
    <Panel title="Audit trail" note="who did what with raw events">
      <OwnerAnswer
        of={trail.first}
        skeleton={<Skeleton rows={4} height={36} />}
        nothing={({ entries }) => (entries.length === 0 ? "Nobody has looked at raw events." : null)}
      >
        {() => (
          <ul class="rows">
            {trail.entries.map((entry) => (
              <Entry key={entry.entry} of={entry} />
            ))}
          </ul>
        )}
      </OwnerAnswer>
      {trail.older && (
        <button type="button" class="button" onClick={trail.older}>
          Older entries
        </button>
      )}
    </Panel>
  );
}

function Entry({ of: entry }: { of: AuditEntry }) {
  const about = entry.action === "erase" ? "" : detailInWords(entry.detail);
  return (
    <li class="row">
      <span class="what">
        <b>{entry.actor.split("@")[0]}</b> {DONE[entry.action] ?? entry.action}
        <small>
          {[entry.project ?? "all projects", about, entry.subject && `about ${entry.subject.slice(0, 8)}`]
            .filter(Boolean)
            .join(" · ")}
        </small>
      </span>
      <span class="hint">{dateTimeOf(Date.parse(entry.at))}</span>
    </li>
  );
}

function detailInWords(detail: Record<string, unknown>): string {
  return Object.entries(detail)
    .filter(([, value]) => typeof value === "string" || typeof value === "number")
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}
