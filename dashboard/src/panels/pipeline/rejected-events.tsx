import { useSignal } from "@preact/signals";
import { owner, type RejectedEvent, type RejectionGroup, type Replayed } from "../../api/owner";
import type { Project } from "../../api/projects";
import { now } from "../../clock";
import { useDeed } from "../../deed";
import { Skeleton } from "../../elements/answer";
import { Said } from "../../elements/form";
import { OwnerAnswer } from "../../elements/owner-answer";
import { Panel } from "../../elements/panel";
import { ago, dateTimeOf, plural } from "../../format";
import { useResource } from "../../resource";
import { inWords } from "../reason";
import { outcomeInWords } from "./outcome";

// Each look is written down: it is taken once, and after each replay.
const ONCE_MS = 60_000;

/** Events that were refused, by reason; once what was wrong is put right, they are sent again. */
export function RejectedEvents({ project, canReplay }: { project: Project; canReplay: boolean }) {
  const rejected = useResource(`rejected ${project.id}`, (abort) => owner.rejected(project.id, null, null, abort), {
    atLeastMs: ONCE_MS,
  });
  // Here and not at its group: a group that is taken in whole is gone from the list.
  const outcome = useSignal("");
  return (
    <Panel title="Rejected events" note="kept as they came, until their term; looking at them is written down">
      <Said>{outcome}</Said>
      <OwnerAnswer
        of={rejected}
        skeleton={<Skeleton rows={2} height={44} />}
        nothing={({ groups }) => (groups.length === 0 ? "No event is refused." : null)}
      >
        {({ groups }) => (
          <ul class="rows">
            {groups.map((group) => (
              <Group
                key={`${group.reason} ${group.field}`}
                project={project.id}
                group={group}
                canReplay={canReplay}
                onReplayed={(report) => {
                  outcome.value = outcomeInWords(report);
                  rejected.retry();
                }}
              />
            ))}
          </ul>
        )}
      </OwnerAnswer>
    </Panel>
  );
}

interface GroupProps {
  project: string;
  group: RejectionGroup;
  canReplay: boolean;
  onReplayed: (report: Replayed) => void;
}

function Group({ project, group, canReplay, onReplayed }: GroupProps) {
  const examples = useSignal<RejectedEvent[] | null>(null);
  const next = useSignal<string | null>(null);
  const look = useDeed(async (cursor: string | null) => {
    const page = await owner.rejected(project, group.reason, cursor);
    examples.value = [...(cursor ? (examples.value ?? []) : []), ...page.events];
    next.value = page.next;
    return page;
  });
  const replay = useDeed(async () => {
    const report = await owner.replay(project, group.reason);
    onReplayed(report);
    return report;
  });
  const isShown = examples.value !== null;
  return (
    <li>
      <div class="row">
        <span class="what">
          <b>{sentence(inWords(group.reason))}</b>
          {group.field && <span class="mono"> {group.field}</span>}
          <small>newest {ago(Date.parse(group.last_at), now.value)}</small>
        </span>
        <span class="number">{plural(group.events, "event")}</span>
        <button
          type="button"
          class="button"
          aria-expanded={isShown}
          disabled={look.busy}
          onClick={() => {
            if (isShown) examples.value = null;
            else look.run(null);
          }}
        >
          {isShown ? "Hide" : "Examples"}
        </button>
        {canReplay && (
          <button type="button" class="button" disabled={replay.busy} onClick={() => replay.run()}>
            {replay.busy ? "Sending…" : "Send again"}
          </button>
        )}
      </div>
      {(look.error || replay.error) && <Said error={look.error ?? replay.error} />}
      {examples.value?.map((each) => (
        <Example key={each.id} of={each} />
      ))}
      {isShown && next.value && (
        <button type="button" class="button" disabled={look.busy} onClick={() => look.run(next.value)}>
          More
        </button>
      )}
    </li>
  );
}

function Example({ of: event }: { of: RejectedEvent }) {
  return (
    <details>
      <summary>
        {dateTimeOf(Date.parse(event.received_at))} · <span class="mono">{event.event_id ?? "without an id"}</span>
        {!event.replayable && " · kept in part, or no JSON: cannot be sent again"}
      </summary>
      <pre class="code">{pretty(event.event)}</pre>
    </details>
  );
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
