import { signal, useSignal } from "@preact/signals";
import { type Key, owner } from "../../api/owner";
import { useDeed } from "../../deed";
import { Skeleton } from "../../elements/answer";
import { Pick, Said } from "../../elements/form";
import { OwnerAnswer } from "../../elements/owner-answer";
import { Panel } from "../../elements/panel";
import { dateOf, dateTimeOf, plural } from "../../format";
import type { OwnerPageProps } from "../../pages/owner-page";
import { useResource } from "../../resource";
import { Snippet } from "../first-event";

const KEEP = [
  { value: "0h", text: "not at all" },
  { value: "24h", text: "for a day" },
  { value: "7d", text: "for a week" },
  { value: "30d", text: "for 30 days" },
];

/** Write keys that were made since the page was opened, by project: the server itself keeps their hashes alone. */
export const madeKeys = signal<Record<string, string>>({});

/** The project's keys, and a new one in place of those that are known too widely. */
export function Keys({ project }: OwnerPageProps) {
  const keep = useSignal("24h");
  const known = useResource(`keys ${project.id}`, owner.projects, { atLeastMs: 60_000 });
  const rotate = useDeed(async () => {
    const made = await owner.rotateKey(project.id, keep.value);
    known.retry();
    madeKeys.value = { ...madeKeys.value, [made.project]: made.write_key };
    return made;
  });
  return (
    <Panel title="Keys" class="narrow">
      <OwnerAnswer of={known} skeleton={<Skeleton rows={3} height={32} />}>
        {({ projects }) => {
          const keys = projects.find((each) => each.project === project.id)?.keys ?? [];
          const lasting = keys.filter((key) => key.scope === "write" || key.expires_at === null);
          return (
            <>
              <ul class="rows">
                {lasting.map((key) => (
                  <OneKey key={`${key.scope} ${key.created_at}`} of={key} />
                ))}
              </ul>
              {keys.length > lasting.length && (
                <p class="hint">
                  And {plural(keys.length - lasting.length, "read key")} for a day: each import, and each time that
                  rejected events are sent again, makes one.
                </p>
              )}
            </>
          );
        }}
      </OwnerAnswer>
      <p class="words key-words">
        A write key stands in your pages and can only send. A read key opens what was counted: keep it secret. Both are
        shown once, when they are made.
      </p>
      <div class="form-line">
        <Pick
          label="Former write keys are taken"
          value={keep.value}
          options={KEEP}
          onPick={(to) => {
            keep.value = to;
          }}
        />
        <button type="button" class="button" disabled={rotate.busy} onClick={() => rotate.run()}>
          Make a new write key
        </button>
      </div>
      <Said error={rotate.error}>
        {rotate.outcome &&
          `This is the new write key; it is shown this once.${
            rotate.outcome.former_until
              ? ` Former ones are taken until ${dateTimeOf(Date.parse(rotate.outcome.former_until))}.`
              : ""
          }`}
      </Said>
      {rotate.outcome && <Snippet text={rotate.outcome.write_key} />}
    </Panel>
  );
}

function OneKey({ of: key }: { of: Key }) {
  return (
    <li class="row">
      <span class="what">
        <b>{key.scope === "write" ? "Write key" : "Read key"}</b>
        <small>
          made on {dateOf(Date.parse(key.created_at))}
          {key.expires_at && `, taken until ${dateTimeOf(Date.parse(key.expires_at))}`}
        </small>
      </span>
    </li>
  );
}
