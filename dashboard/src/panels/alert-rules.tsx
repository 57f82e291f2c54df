import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useAction } from "../action";
import { changedRule, type Draft, draftOf } from "../alert-draft";
import { alertsApi, type Destination, type Rule } from "../api/alerts";
import type { Project } from "../api/projects";
import { now } from "../clock";
import { Answer, Skeleton } from "../elements/answer";
import { Badge } from "../elements/badge";
import { Panel } from "../elements/panel";
import { ago, amount, exactCount } from "../format";
import type { Resource } from "../resource";
import { RuleForm } from "./alert-form";

interface Props {
  project: Project;
  rules: Resource<{ rules: Rule[] }>;
  destinations: Destination[];
}

/** Every rule in words, and how it stands: those that fire come first. */
export function AlertRules({ project, rules, destinations }: Props) {
  const firing = rules.data?.rules.filter((rule) => rule.state === "firing").length ?? 0;
  return (
    <Panel title="Rules" note={firing > 0 ? `${firing} firing` : "looked at every minute"} class="alert-rules">
      <Answer
        of={rules}
        skeleton={<Skeleton rows={3} height={44} />}
        nothing={({ rules: all }) => (all.length === 0 ? "There are no rules yet. Make one below." : null)}
      >
        {({ rules: all }) => (
          <ul class="alert-list">
            {all.map((rule) => (
              <RuleRow key={rule.rule} {...{ project, rule, destinations }} changed={rules.retry} />
            ))}
          </ul>
        )}
      </Answer>
    </Panel>
  );
}

interface RowProps {
  project: Project;
  rule: Rule;
  destinations: Destination[];
  changed: () => void;
}

const BADGES = {
  firing: "worse",
  quiet: "ready",
  new: "abstaining",
  unknown: "abstaining",
  paused: "abstaining",
} as const;

function RuleRow({ project, rule, destinations, changed }: RowProps) {
  const action = useAction();
  const [draft, setDraft] = useState<Draft | null>(null);
  const edit = useRef<HTMLButtonElement>(null);
  const told = rule.destinations.map((id) => destinations.find((each) => each.destination === id)?.name ?? "…");
  const { name, condition, looks, quiet_minutes } = rule;
  const paused = { name, condition, looks, quiet_minutes, destinations: rule.destinations, enabled: !rule.enabled };

  function close(isChanged: boolean): void {
    setDraft(null);
    // What had the focus is gone.
    edit.current?.focus();
    if (isChanged) changed();
  }

  return (
    <li>
      <div class="alert-what">
        <p class="alert-name">
          <Badge kind={BADGES[rule.state]}>{rule.state === "unknown" ? "cannot tell" : rule.state}</Badge>
          <strong>{rule.name}</strong>
        </p>
        <p>
          When {rule.in_words}, for {rule.looks === 1 ? "1 look" : `${rule.looks} looks in a row`},{" "}
          {told.length > 0 ? `tell ${told.join(", ")}.` : "tell nobody."}
        </p>
        <p class="alert-aside">{standing(rule)}</p>
        {action.error && <p role="alert">{action.error.message}</p>}
      </div>
      <div class="alert-buttons">
        <button
          type="button"
          class="button"
          ref={edit}
          disabled={action.busy}
          aria-label={`Edit ${rule.name}`}
          aria-expanded={draft !== null}
          onClick={() => setDraft(draft === null ? draftOf(rule) : null)}
        >
          Edit
        </button>
        <button
          type="button"
          class="button"
          disabled={action.busy}
          aria-label={`${rule.enabled ? "Pause" : "Resume"} ${rule.name}`}
          onClick={() => action.run(() => alertsApi.changeRule(project.id, rule.rule, paused).then(changed))}
        >
          {rule.enabled ? "Pause" : "Resume"}
        </button>
        <button
          type="button"
          class="button"
          disabled={action.busy}
          aria-label={`Remove ${rule.name}`}
          onClick={() => action.run(() => alertsApi.removeRule(project.id, rule.rule).then(changed))}
        >
          Remove
        </button>
      </div>
      {draft && <EditRule {...{ project, rule, destinations, draft, setDraft }} close={close} />}
    </li>
  );
}

interface EditProps {
  project: Project;
  rule: Rule;
  destinations: Destination[];
  draft: Draft;
  setDraft: (draft: Draft) => void;
  close: (isChanged: boolean) => void;
}

/** The form of a rule that is there; Escape leaves it as it was. */
function EditRule({ project, rule, destinations, draft, setDraft, close }: EditProps) {
  const section = useRef<HTMLElement>(null);
  useLayoutEffect(() => section.current?.querySelector<HTMLElement>("select, input")?.focus(), []);
  async function save(): Promise<void> {
    await alertsApi.changeRule(project.id, rule.rule, changedRule(draft, rule));
    close(true);
  }
  return (
    <section
      class="alert-edit"
      ref={section}
      aria-label={`Edit ${rule.name}`}
      onKeyDown={(event) => event.key === "Escape" && close(false)}
    >
      <RuleForm {...{ draft, setDraft, destinations, save }} saves="Save the rule">
        <button type="button" class="button" onClick={() => close(false)}>
          Cancel
        </button>
      </RuleForm>
    </section>
  );
}

function standing(rule: Rule): string {
  if (rule.looked_at === null) return "It has not been looked at yet.";
  const looked = `looked at ${ago(rule.looked_at, now.value)}`;
  if (rule.note) return `${rule.note}; ${looked}`;
  const changeIn = rule.condition.kind === "metric" && rule.condition.compare !== "value";
  const observed =
    rule.observed === null
      ? ""
      : `now ${Number.isInteger(rule.observed) ? exactCount(rule.observed) : amount(rule.observed)}${changeIn ? "%" : ""}, `;
  const since = rule.state === "firing" && rule.since !== null ? `, firing since ${ago(rule.since, now.value)}` : "";
  return `${observed}${looked}${since}`;
}
