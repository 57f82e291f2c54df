import { useSignal } from "@preact/signals";
import { owner, type Rules } from "../../api/owner";
import { useDeed } from "../../deed";
import { Skeleton } from "../../elements/answer";
import { Field, Said } from "../../elements/form";
import { Icon } from "../../elements/icons";
import { OwnerAnswer } from "../../elements/owner-answer";
import { Panel } from "../../elements/panel";
import type { OwnerPageProps } from "../../pages/owner-page";
import { type Resource, useResource } from "../../resource";

/** What holds for a project; each panel that shows a part of it asks on its own. */
export function useRules(project: string, part: string): Resource<Rules> {
  return useResource(`${part} ${project}`, (abort) => owner.rules(project, abort), { atLeastMs: 60_000 });
}

/** Which events count as conversions. */
export function Goals({ project }: OwnerPageProps) {
  const rules = useRules(project.id, "goals");
  return (
    <Panel title="Goals" class="half">
      <p class="words">
        An event of one of these names makes its session a converted one, from now on. For the time before, run{" "}
        <code>gooddata rebuild</code>.
      </p>
      <Names
        rules={rules}
        of={(data) => data.goals}
        label="Name of an event"
        example="Signed Up"
        none="No event counts as a goal."
        save={(names) => owner.setGoals(project.id, names)}
      />
    </Panel>
  );
}

/** Which properties of events may be counted by. */
export function Properties({ project }: OwnerPageProps) {
  const rules = useRules(project.id, "properties");
  return (
    <Panel
      title="Properties in analytics"
      note={rules.data && `${rules.data.properties.length} of at most ${rules.data.most.properties}`}
      class="half"
    >
      <p class="words">
        Of what your events carry, only properties of these names go on to analytics, without what looks like an e-mail
        address, a telephone or a card. Name none that tells who somebody is.
      </p>
      <Names
        rules={rules}
        of={(data) => data.properties}
        label="Name of a property"
        example="size"
        none="No property goes on to analytics."
        save={(names) => owner.setProperties(project.id, names)}
      />
    </Panel>
  );
}

interface NamesProps {
  rules: Resource<Rules>;
  of: (rules: Rules) => string[];
  label: string;
  example: string;
  none: string;
  save: (names: string[]) => Promise<unknown>;
}

/** A list of names to add to and take from; each change is saved at once. */
function Names({ rules, of, label, example, none, save }: NamesProps) {
  const added = useSignal("");
  const change = useDeed(async (names: string[]) => {
    await save(names);
    rules.retry();
    return "Saved.";
  });
  return (
    <OwnerAnswer of={rules} skeleton={<Skeleton height={84} />}>
      {(data) => {
        const names = of(data);
        return (
          <>
            {names.length === 0 && <p class="hint">{none}</p>}
            <ul class="chips">
              {names.map((name) => (
                <li key={name}>
                  <span>{name}</span>
                  <button
                    type="button"
                    aria-label={`Remove ${name}`}
                    disabled={change.busy}
                    onClick={() => change.run(names.filter((each) => each !== name))}
                  >
                    <Icon name="close" size={12} />
                  </button>
                </li>
              ))}
            </ul>
            <form
              class="form-line"
              onSubmit={async (event) => {
                event.preventDefault();
                if (added.value.trim() && (await change.run([...names, added.value.trim()]))) added.value = "";
              }}
            >
              <Field
                wide
                label={label}
                value={added.value}
                placeholder={example}
                onInput={(to) => {
                  added.value = to;
                }}
              />
              <button type="submit" class="button" disabled={change.busy || !added.value.trim()}>
                Add
              </button>
            </form>
            <Said error={change.error}>{change.outcome}</Said>
          </>
        );
      }}
    </OwnerAnswer>
  );
}
