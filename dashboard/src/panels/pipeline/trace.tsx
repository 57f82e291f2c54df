import { useSignal } from "@preact/signals";
import { owner, type Traced } from "../../api/owner";
import type { Project } from "../../api/projects";
import { useDeed } from "../../deed";
import { Badge } from "../../elements/badge";
import { Field, Said } from "../../elements/form";
import { Panel } from "../../elements/panel";
import { dateTimeOf } from "../../format";
import { wayInWords } from "./way";
import "./trace.css";

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
  const { seen, session } = traced;
  const { text, kind } = STATES[traced.state];
  return (
    <div role="status" class="found">
      <p>
        <Badge kind={kind}>{text}</Badge> {traced.why.charAt(0).toUpperCase() + traced.why.slice(1)}.
      </p>
      {seen && (
        <p>
          {seen.name ?? seen.type}, dated {dateTimeOf(seen.timestamp)}
        </p>
      )}
      <ol class="rows way">
        {wayInWords(traced.way).map((each) => (
          <li key={each.key} class={each.done ? "done" : "to-come"}>
            <strong>{each.title}</strong> {each.at !== null && <time>{dateTimeOf(each.at)}</time>} {each.text}
          </li>
        ))}
      </ol>
      {session && <a href={`/?project=${encodeURIComponent(project)}&session=${session}`}>Its session</a>}
    </div>
  );
}
