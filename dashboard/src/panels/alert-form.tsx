import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useAction } from "../action";
import {
  ANOMALIES_OF,
  type Draft,
  EMPTY,
  HOWS,
  type How,
  isMetric,
  ruleOf,
  type Unit,
  VALUE_OF,
  WHATS,
  type What,
} from "../alert-draft";
import { alertsApi, type Destination } from "../api/alerts";
import type { Project } from "../api/projects";
import { Panel } from "../elements/panel";

interface Props {
  project: Project;
  destinations: Destination[];
  made: () => void;
}

/** A new rule, made as a sentence. */
export function AlertForm({ project, destinations, made }: Props) {
  const [draft, setDraft] = useState<Draft>(EMPTY);
  async function save(): Promise<void> {
    await alertsApi.addRule(project.id, ruleOf(draft));
    setDraft(EMPTY);
    made();
  }
  return (
    <Panel title="New rule" class="alert-form">
      <RuleForm {...{ draft, setDraft, destinations, save }} saves="Make the rule" />
    </Panel>
  );
}

interface RuleFormProps {
  draft: Draft;
  setDraft: (draft: Draft) => void;
  destinations: Destination[];
  save: () => Promise<void>;
  /** What the button says. */
  saves: string;
  /** Beside that button. */
  children?: ComponentChildren;
}

/** A rule as a sentence with gaps. */
export function RuleForm({ draft, setDraft, destinations, save, saves, children }: RuleFormProps) {
  const action = useAction();
  const set = (parts: Partial<Draft>) => setDraft({ ...draft, ...parts });
  const { what } = draft;
  const metric = isMetric(what);
  const meaning = metric ? "value" : VALUE_OF[what as keyof typeof VALUE_OF];

  function submit(event: Event): void {
    event.preventDefault();
    action.run(save);
  }

  return (
    <form class="rule-form" onSubmit={submit}>
      <div class="alert-sentence">
        <label>
          When
          <select value={what} onChange={(event) => set(startOf(event.currentTarget.value as What))}>
            {WHATS.map((each) => (
              <option key={each.value} value={each.value}>
                {each.text}
              </option>
            ))}
          </select>
        </label>
        {what === "anomaly" && (
          <select
            aria-label="metric"
            value={draft.anomalyOf ?? ""}
            onChange={(event) => set({ anomalyOf: event.currentTarget.value || null })}
          >
            {ANOMALIES_OF.map((each) => (
              <option key={each.value} value={each.value}>
                {each.text}
              </option>
            ))}
          </select>
        )}
        {metric && (
          <label>
            is
            <select value={draft.how} onChange={(event) => set({ how: event.currentTarget.value as How })}>
              {HOWS.map((each) => (
                <option key={each.value} value={each.value}>
                  {each.text}
                </option>
              ))}
            </select>
          </label>
        )}
        {meaning && (
          <label>
            {metric ? (
              <span class="sr-only">value</span>
            ) : (
              `${what === "anomaly" ? "of at least" : "above"}, ${meaning}`
            )}
            <input
              type="number"
              min="0"
              step="any"
              required
              value={draft.value}
              onInput={(event) => set({ value: event.currentTarget.value })}
            />
          </label>
        )}
        {what !== "lag" && (
          <label>
            {what === "silence" ? "for" : "in"}
            <input
              type="number"
              min="1"
              step="1"
              required
              value={draft.length}
              onInput={(event) => set({ length: event.currentTarget.value })}
            />
            <select
              aria-label="unit of time"
              value={draft.unit}
              onChange={(event) => set({ unit: event.currentTarget.value as Unit })}
            >
              <option value="minutes">minutes</option>
              <option value="hours">hours</option>
              <option value="days">days</option>
            </select>
          </label>
        )}
        <label>
          for
          <input
            type="number"
            min="1"
            max="60"
            required
            value={draft.looks}
            onInput={(event) => set({ looks: event.currentTarget.value })}
          />
          looks in a row
        </label>
        <fieldset>
          <legend>tell</legend>
          {destinations.length === 0 && <span class="alert-aside">nobody yet: make a destination</span>}
          {destinations.map(({ destination, name }) => (
            <label key={destination}>
              <input
                type="checkbox"
                checked={draft.destinations.includes(destination)}
                onChange={(event) =>
                  set({
                    destinations: event.currentTarget.checked
                      ? [...draft.destinations, destination]
                      : draft.destinations.filter((each) => each !== destination),
                  })
                }
              />
              {name}
            </label>
          ))}
        </fieldset>
      </div>
      <div class="alert-sentence">
        <label>
          Name of the rule
          <input
            class="wide"
            required
            maxLength={100}
            value={draft.name}
            onInput={(event) => set({ name: event.currentTarget.value })}
          />
        </label>
        <label>
          Minutes between two messages, at least
          <input
            type="number"
            min="1"
            max="1440"
            required
            value={draft.quiet}
            onInput={(event) => set({ quiet: event.currentTarget.value })}
          />
        </label>
        <button type="submit" class="button primary" disabled={action.busy}>
          {saves}
        </button>
        {children}
      </div>
      {action.error && (
        <p role="alert" class="alert-error">
          {action.error.message}
        </p>
      )}
    </form>
  );
}

/** A number that makes sense to begin with. */
function startOf(what: What): Partial<Draft> {
  if (what === "anomaly") return { what, value: "0.8", length: "1", unit: "hours" };
  if (what === "silence") return { what, length: "15", unit: "minutes" };
  if (what === "rejected") return { what, value: "5", length: "1", unit: "hours" };
  if (what === "lag") return { what, value: "60" };
  return { what };
}
