import { useSignal } from "@preact/signals";
import { accountsApi, type Kind } from "../../api/accounts";
import { useDeed } from "../../deed";
import { Skeleton } from "../../elements/answer";
import { Field, Pick, Said } from "../../elements/form";
import { OwnerAnswer } from "../../elements/owner-answer";
import { Panel } from "../../elements/panel";
import { dateOf } from "../../format";
import type { OwnerPageProps } from "../../pages/owner-page";
import { useResource } from "../../resource";
import { Snippet } from "../first-event";

const KINDS: { value: Kind | "all"; text: string }[] = [
  { value: "query", text: "counts and figures" },
  { value: "export", text: "single sessions and visitors" },
  { value: "import", text: "sending past events" },
  { value: "all", text: "everything" },
];

/** The project's read keys, with what each opens. */
export function ReadKeys({ project }: OwnerPageProps) {
  const known = useResource(`read keys ${project.id}`, (abort) => accountsApi.keys(project.id, abort), {
    atLeastMs: 60_000,
  });
  const name = useSignal("");
  const kind = useSignal<Kind | "all">("query");
  const make = useDeed(async () => {
    const made = await accountsApi.makeKey(project.id, name.value.trim(), kind.value === "all" ? null : [kind.value]);
    name.value = "";
    known.retry();
    return made;
  });
  const revoke = useDeed(async (id: string) => {
    await accountsApi.revokeKey(project.id, id);
    known.retry();
  });
  return (
    <Panel title="Read keys" note={`of ${project.name}`} class="half">
      <OwnerAnswer
        of={known}
        skeleton={<Skeleton rows={2} height={40} />}
        nothing={({ keys }) => (keys.length ? null : "There is no read key.")}
      >
        {({ keys }) => (
          <ul class="rows">
            {keys.map((each) => (
              <li key={each.id} class="row">
                <span class="what">
                  <b>{each.name || "made with the project"}</b>
                  <small>
                    {inWords(each.kinds)} · made on {dateOf(Date.parse(each.created_at))}
                  </small>
                </span>
                <Revoke
                  name={each.name || "the key made with the project"}
                  busy={revoke.busy}
                  onRevoke={() => revoke.run(each.id)}
                />
              </li>
            ))}
          </ul>
        )}
      </OwnerAnswer>
      <Said error={revoke.error} />
      <form
        class="form-line"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.value.trim() && !make.busy) void make.run();
        }}
      >
        <Field
          wide
          label="Name of a new read key"
          value={name.value}
          placeholder="Weekly report"
          onInput={(to) => {
            name.value = to;
          }}
        />
        <Pick
          label="It opens"
          value={kind.value}
          options={KINDS}
          onPick={(to) => {
            kind.value = to;
          }}
        />
        <button type="submit" class="button" disabled={make.busy || !name.value.trim()}>
          Make it
        </button>
      </form>
      <Said error={make.error}>{make.outcome && "This is the key. It is secret, and shown this once."}</Said>
      {make.outcome && <Snippet text={make.outcome.key} />}
    </Panel>
  );
}

function Revoke({ name, busy, onRevoke }: { name: string; busy: boolean; onRevoke: () => void }) {
  const isSure = useSignal(false);
  return (
    <button
      type="button"
      class={isSure.value ? "button danger" : "button"}
      disabled={busy}
      aria-label={`${isSure.value ? "Revoke for good" : "Revoke"}: ${name}`}
      onClick={() => {
        if (isSure.value) onRevoke();
        isSure.value = !isSure.value;
      }}
    >
      {isSure.value ? "Revoke for good" : "Revoke"}
    </button>
  );
}

function inWords(kinds: Kind[] | null): string {
  if (kinds === null) return "everything";
  return kinds.map((kind) => KINDS.find((each) => each.value === kind)?.text ?? kind).join(", ");
}
