import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { owner, type Person, type Receipt } from "../../api/owner";
import type { Project } from "../../api/projects";
import { useDeed } from "../../deed";
import { Choice } from "../../elements/choice";
import { Field, Said } from "../../elements/form";
import { Panel } from "../../elements/panel";
import { dateTimeOf } from "../../format";
import { removedInWords } from "./counts";
import "./erase-person.css";

type Kind = "visitor" | "user";

/** One person: what is held of them, and their erasure, with its receipt. */
export function ErasePerson({ project, onDone }: { project: Project; onDone: () => void }) {
  const kind = useSignal<Kind>("visitor");
  const id = useSignal("");
  const asking = useSignal(false);
  const erase = useDeed(async (person: Person) => {
    const receipt = await owner.erase(project.id, person);
    onDone();
    return receipt;
  });
  const name = id.value.trim();
  const person: Person = kind.value === "visitor" ? { visitor: name } : { user: name };
  return (
    <Panel
      title="Erase a person"
      class="half"
      controls={
        <Choice
          label="Who is meant"
          options={[
            { value: "visitor", text: "A visitor" },
            { value: "user", text: "A user" },
          ]}
          value={kind.value}
          onChoose={(to) => {
            kind.value = to;
          }}
        />
      }
    >
      <p class="words">
        {kind.value === "visitor"
          ? "A visitor is one browser, by the id that its events carry."
          : "A user is erased with all visitors that are theirs, by the id that you identify them with."}{" "}
        Everything of theirs goes: raw events, rejected ones, sessions, scores, and their part in every count.
      </p>
      <form
        class="form-line"
        onSubmit={(event) => {
          event.preventDefault();
          if (name) asking.value = true;
        }}
      >
        <Field
          wide
          label={kind.value === "visitor" ? "Id of the visitor" : "Id of the user"}
          value={id.value}
          onInput={(to) => {
            id.value = to;
            erase.forget();
          }}
        />
        <button type="submit" class="button danger" disabled={!name || erase.busy}>
          Erase…
        </button>
        {name && (
          <a class="button" href={owner.heldUrl(project.id, person)} download={`${kind.value}.ndjson`}>
            Export what is held
          </a>
        )}
      </form>
      <Said error={erase.error}>
        {erase.busy && "Erasing: all of the log is looked through. This may take a while."}
      </Said>
      {erase.outcome && <ReceiptCard receipt={erase.outcome} />}
      {asking.value && (
        <Confirm
          name={name}
          kind={kind.value}
          onClose={() => {
            asking.value = false;
          }}
          onYes={() => {
            asking.value = false;
            erase.run(person);
          }}
        />
      )}
    </Panel>
  );
}

export function ReceiptCard({ receipt }: { receipt: Receipt }) {
  return (
    <dl class="receipt">
      <div>
        <dt>Raw events</dt>
        <dd>{removedInWords(receipt.raw)}</dd>
      </div>
      <div>
        <dt>Analytics</dt>
        <dd>{removedInWords(receipt.analytics)}</dd>
      </div>
      <div>
        <dt>Not taken in again</dt>
        <dd>what is dated up to {dateTimeOf(Date.parse(receipt.erased_until))}</dd>
      </div>
      <div>
        <dt>Known here as</dt>
        <dd class="mono">{receipt.subject}</dd>
      </div>
      <div>
        <dt>Rows on disk</dt>
        <dd>{receipt.dead_rows}</dd>
      </div>
    </dl>
  );
}

function Confirm(props: { name: string; kind: Kind; onClose: () => void; onYes: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const typed = useSignal("");
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="confirm" aria-labelledby="confirm-heading" onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.value.trim() === props.name) props.onYes();
        }}
      >
        <h2 id="confirm-heading">Erase this {props.kind}?</h2>
        <p>
          This cannot be undone. To go on, type <b class="mono">{props.name}</b>
        </p>
        <Field
          label="The id, once more"
          value={typed.value}
          onInput={(to) => {
            typed.value = to;
          }}
        />
        <div class="form-line">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Keep them
          </button>
          <button type="submit" class="button danger" disabled={typed.value.trim() !== props.name}>
            Erase for good
          </button>
        </div>
      </form>
    </dialog>
  );
}
