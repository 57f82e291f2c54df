import { useSignal } from "@preact/signals";
import type { Project } from "../../api";
import { owner, type Traced } from "../../api/owner";
import { useDeed } from "../../deed";
import { Badge } from "../../elements/badge";
import { Field, Said } from "../../elements/form";
import { Panel } from "../../elements/panel";
import { dateTimeOf } from "../../format";
import { inWords } from "../reason";

const STATES: Record<Traced["state"], { text: string; kind: "ready" | "worse" | "abstaining" }> = {
  applied: { text: "Applied", kind: "ready" },
  waiting: { text: "Waiting", kind: "abstaining" },
  unreadable: { text: "Unreadable", kind: "worse" },
  replayed: { text: "Sent again", kind: "abstaining" },
  rejected: { text: "Rejected", kind: "worse" },
  erased: { text: "Erased", kind: "abstaining" },
  unknown: { text: "Not found", kind: "abstaining" },
};

/** Where one event is now. */
export function Trace({ project }: { project: Project }) {
  const event = useSignal("");
  const visitor = useSignal("");
  const trace = useDeed(() => owner.trace(project.id, event.value.trim(), visitor.value.trim()));
  return (
    <Panel title="Where is an event?" class="half">
      <form
        class="form-line"
        onSubmit={(submitted) => {
          submitted.preventDefault();
          if (event.value.trim()) trace.run();
        }}
      >
        <Field
          wide
          label="Id of the event"
          value={event.value}
          onInput={(to) => {
            event.value = to;
          }}
        />
        <Field
          wide
          label="Its visitor (optional)"
          value={visitor.value}
          onInput={(to) => {
            visitor.value = to;
          }}
        />
        <button type="submit" class="button" disabled={trace.busy || !event.value.trim()}>
          {trace.busy ? "Looking…" : "Look"}
        </button>
      </form>
      <Said error={trace.error} />
      {trace.outcome && <Found project={project.id} traced={trace.outcome} />}
    </Panel>
  );
}

function Found({ project, traced }: { project: string; traced: Traced }) {
  const { batch, seen, session } = traced;
  const { text, kind } = STATES[traced.state];
  return (
    <div role="status" class="found">
      <p>
        <Badge kind={kind}>{text}</Badge> {traced.why.charAt(0).toUpperCase() + traced.why.slice(1)}.
      </p>
      <ul class="rows">
        {batch && seen && (
          <li>
            {seen.name ?? seen.type}, dated {dateTimeOf(seen.timestamp)}, received{" "}
            {dateTimeOf(Date.parse(batch.received_at))}: partition {batch.partition}, batch {batch.seq}, place{" "}
            {batch.place}
          </li>
        )}
        {traced.rejections.map((each) => (
          <li key={each.received_at}>
            Refused {dateTimeOf(Date.parse(each.received_at))}: {inWords(each.reason)}
            {each.field && ` (${each.field})`}
            {each.replayed_at && `; sent again ${dateTimeOf(Date.parse(each.replayed_at))}`}
          </li>
        ))}
      </ul>
      {session && <a href={`/?project=${encodeURIComponent(project)}&session=${session}`}>Its session</a>}
    </div>
  );
}
