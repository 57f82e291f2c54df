import { useSignal } from "@preact/signals";
import { type KeptKind, owner, type Retention } from "../../api/owner";
import type { Project } from "../../api/projects";
import { useDeed } from "../../deed";
import { Skeleton } from "../../elements/answer";
import { Choice } from "../../elements/choice";
import { Pick, Said } from "../../elements/form";
import { OwnerAnswer } from "../../elements/owner-answer";
import { Panel } from "../../elements/panel";
import { useResource } from "../../resource";
import { inWords } from "./term";

const NAMES: Record<string, string> = {
  raw: "Raw events",
  rejected: "Rejected events",
  events: "Events in analytics",
  sessions: "Sessions",
  counts: "Counts",
};
const DAYS = [7, 30, 90, 180, 365, 730, 1095];

/** For how long what is kept. What is past its term goes within the hour. */
export function KeptFor({ project, onDone }: { project: Project; onDone: () => void }) {
  const scope = useSignal<"own" | "usual">("own");
  const terms = useResource(`retention ${project.id}`, (abort) => owner.retention(project.id, abort), {
    atLeastMs: 60_000,
  });
  return (
    <Panel
      title="Kept for"
      class="half"
      controls={
        <Choice
          label="Whose terms"
          options={[
            { value: "own", text: "This project" },
            { value: "usual", text: "Usual", title: "What holds for every project without a term of its own" },
          ]}
          value={scope.value}
          onChoose={(to) => {
            scope.value = to;
          }}
        />
      }
    >
      <p class="words">
        {scope.value === "usual" && "These terms are of every project that has none of its own. "}
        What is past its term goes within the hour, and does not come back. Counts hold nobody's id.
      </p>
      <OwnerAnswer of={terms} skeleton={<Skeleton rows={5} height={44} />}>
        {(data) => (
          <ul class="rows">
            {data.kinds.map((kind) => (
              <Kind
                key={`${scope.value} ${kind.kind}`}
                everybody={scope.value === "usual"}
                kind={scope.value === "usual" ? { ...kind, days: kind.usual_days, usual_days: null, own: true } : kind}
                all={data}
                project={project.id}
                onDone={() => {
                  terms.retry();
                  onDone();
                }}
              />
            ))}
          </ul>
        )}
      </OwnerAnswer>
    </Panel>
  );
}

interface KindProps {
  kind: KeptKind;
  everybody: boolean;
  all: Retention;
  project: string;
  onDone: () => void;
}

function Kind({ kind, everybody, all, project, onDone }: KindProps) {
  const now = kind.own ? termOf(kind.days) : "usual";
  const chosen = useSignal<string | null>(null);
  const set = useDeed(async (term: string) => {
    await owner.setTerm(project, kind.kind, term, everybody);
    chosen.value = null;
    onDone();
    return "Saved.";
  });
  const days = [...new Set([...DAYS, ...(kind.days ? [kind.days] : [])])]
    .filter((each) => each >= all.fewest_days && each <= all.most_days)
    .sort((a, b) => a - b);
  const options = [
    ...(everybody ? [] : [{ value: "usual", text: `as usual (${inWords(kind.usual_days)})` }]),
    ...days.map((each) => ({ value: `${each}d`, text: inWords(each) })),
    { value: "forever", text: "for ever" },
  ];
  const term = chosen.value;
  const shorter = term !== null && lengthOf(term, kind) < (kind.days ?? Number.POSITIVE_INFINITY);
  return (
    <li>
      <div class="row">
        <span class="what">
          <b>{NAMES[kind.kind] ?? kind.kind}</b>
          <small>{kind.what}</small>
        </span>
        <Pick
          quiet
          label={`${NAMES[kind.kind] ?? kind.kind} are kept`}
          value={term ?? now}
          options={options}
          onPick={(to) => {
            chosen.value = to === now ? null : to;
          }}
        />
        {term !== null && (
          <button
            type="button"
            class={`button ${shorter ? "danger" : ""}`}
            disabled={set.busy}
            onClick={() => set.run(term)}
          >
            {shorter ? "Keep for less time" : "Save"}
          </button>
        )}
      </div>
      {shorter && (
        <p class="hint">
          All that is older than {inWords(lengthOf(term ?? now, kind)).replace("for ", "")} goes for good.
        </p>
      )}
      <Said error={set.error}>{set.outcome}</Said>
    </li>
  );
}

function termOf(days: number | null): string {
  return days === null ? "forever" : `${days}d`;
}

function lengthOf(term: string, kind: KeptKind): number {
  if (term === "usual") return kind.usual_days ?? Number.POSITIVE_INFINITY;
  return term === "forever" ? Number.POSITIVE_INFINITY : Number.parseInt(term, 10);
}
