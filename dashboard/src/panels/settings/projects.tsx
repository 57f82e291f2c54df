import { useSignal } from "@preact/signals";
import { owner } from "../../api/owner";
import { useDeed } from "../../deed";
import { Skeleton } from "../../elements/answer";
import { Badge } from "../../elements/badge";
import { Field, Said } from "../../elements/form";
import { OwnerAnswer } from "../../elements/owner-answer";
import { Panel } from "../../elements/panel";
import { dateOf } from "../../format";
import type { OwnerPageProps } from "../../pages/owner-page";
import { useResource } from "../../resource";
import { Snippet } from "../first-event";

/** All projects, and a new one. */
export function Projects({ project: shown }: OwnerPageProps) {
  const name = useSignal("");
  const projects = useResource("all projects", owner.projects, { atLeastMs: 60_000 });
  const create = useDeed(async () => {
    const made = await owner.createProject(name.value.trim());
    name.value = "";
    projects.retry();
    return made;
  });
  return (
    <Panel title="Projects" note="each is one site or app">
      <OwnerAnswer of={projects} skeleton={<Skeleton rows={2} height={40} />}>
        {(data) => (
          <ul class="rows">
            {data.projects.map((each) => (
              <li key={each.project} class="row">
                <span class="what">
                  <b>{each.name}</b> {each.simulated && <Badge kind="simulated">Simulated</Badge>}
                  <small>
                    {each.project} · made on {dateOf(Date.parse(each.created_at))} ·{" "}
                    {each.goals.length ? `goals: ${each.goals.join(", ")}` : "no goals"}
                  </small>
                </span>
                {each.project === shown.id ? (
                  <span class="hint">shown here</span>
                ) : (
                  <a class="button" href={`/settings?project=${encodeURIComponent(each.project)}`}>
                    Show
                  </a>
                )}
              </li>
            ))}
          </ul>
        )}
      </OwnerAnswer>
      <form
        class="form-line"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.value.trim()) create.run();
        }}
      >
        <Field
          wide
          label="Name of a new project"
          value={name.value}
          placeholder="My shop"
          onInput={(to) => {
            name.value = to;
          }}
        />
        <button type="submit" class="button" disabled={create.busy || !name.value.trim()}>
          Make it
        </button>
      </form>
      <Said error={create.error}>
        {create.outcome &&
          "It is made. Its keys are shown this once: write key first, then the read key, which is secret."}
      </Said>
      {create.outcome && <Snippet text={`${create.outcome.write_key}\n${create.outcome.read_key}`} />}
    </Panel>
  );
}
