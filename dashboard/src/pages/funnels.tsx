import { api } from "../api";
import { explore, type Funnel, type Step } from "../api/explore";
import type { Dimension } from "../api/traffic";
import { Answer, Skeleton } from "../elements/answer";
import { Icon } from "../elements/icons";
import { Panel } from "../elements/panel";
import { ValueField } from "../elements/value-field";
import { DIMENSION_WORDS } from "../filters";
import { count, duration, share } from "../format";
import { ask, asked } from "../location";
import { type Resource, useResource } from "../resource";
import {
  isWhole,
  NO_STEP,
  parseStep,
  printStep,
  STEP_DIMENSIONS,
  type Step as StepAsked,
  type StepDimension,
  stepInWords,
} from "../steps";
import type { PageProps } from "./page";
import { paceOf, periodOf, type Question } from "./question";
import "./funnels.css";

const HOURS = [1, 24, 72, 168, 720];
const MOST_STEPS = 8;
const BY: Dimension[] = ["source", "campaign", "country", "device", "browser", "entry"];
const HOURS_WORDS: Record<number, string> = { 1: "1 hour", 24: "1 day", 72: "3 days", 168: "7 days", 720: "30 days" };

/** How many visitors go through steps, one after another, and where the others stay behind. */
export function Funnels({ question }: PageProps) {
  const chosen = asked("step");
  const suggested = useResource(
    chosen.length > 0 ? null : `steps ${question.key}`,
    (abort) => suggest(question, abort),
    { ...paceOf(question), beat: undefined },
  );
  const steps = chosen.length > 0 ? chosen : (suggested.data ?? []);
  const hours = Number(asked("within")[0] ?? 24);
  const by = BY.find((each) => each === asked("by")[0]) ?? null;
  const complete = steps.filter(isWhole);
  const funnel = useResource(
    complete.length < 2 ? null : [question.key, hours, by, ...complete].join(" "),
    (abort) =>
      explore.funnel({ ...periodOf(question), step: complete, within_hours: hours, ...(by ? { by } : {}) }, abort),
    paceOf(question),
  );
  return (
    <div class="grid funnels">
      <Steps question={question} steps={steps} hours={hours} by={by} />
      <Panel
        title="Funnel"
        note={chosen.length === 0 && steps.length > 0 ? "a suggestion: change its steps" : "by visitors"}
        busy={funnel.outdated}
      >
        {complete.length < 2 && (chosen.length > 0 || suggested.data !== null) ? (
          <div class="nothing">Choose two steps or more.</div>
        ) : (
          <Shown funnel={funnel} />
        )}
      </Panel>
      {funnel.data && funnel.data.groups.length > 0 && by && <Groups funnel={funnel.data} by={by} />}
    </div>
  );
}

/** From the page that is viewed most to the goal that is reached most. */
async function suggest(question: Question, abort: AbortSignal): Promise<string[]> {
  const [pages, events, goals] = await Promise.all(
    (["page", "event", "goal"] as const).map((dimension) =>
      api.breakdown({ ...periodOf(question), dimension, limit: 6 }, abort),
    ),
  );
  const top = pages?.rows[0]?.value;
  const goal = goals?.rows[0]?.value;
  const event = events?.rows.find((row) => row.value && !row.value.startsWith("$") && row.value !== "page")?.value;
  return [
    ...(top ? [`page==${top}`] : []),
    ...(event && event !== goal ? [`event==${event}`] : []),
    ...(goal ? [`goal==${goal}`] : []),
  ];
}

interface StepsProps {
  question: Question;
  steps: string[];
  hours: number;
  by: Dimension | null;
}

function Steps({ question, steps, hours, by }: StepsProps) {
  const put = (next: string[]) => ask({ step: next });
  const swap = (place: number, other: number) => {
    const next = [...steps];
    [next[place], next[other]] = [next[other] ?? "", next[place] ?? ""];
    put(next);
  };
  return (
    <Panel title="Steps" note="in this order">
      <ol class="funnel-steps">
        {steps.map((text, place) => (
          <li key={`${place} ${text}`}>
            <span class="place number" aria-hidden="true">
              {place + 1}
            </span>
            <StepFields
              question={question}
              place={place}
              step={parseStep(text) ?? NO_STEP}
              onChange={(step) => put(steps.map((each, index) => (index === place ? printStep(step) : each)))}
            />
            <span class="moves">
              <button
                type="button"
                class="icon-button"
                disabled={place === 0}
                aria-label={`Step ${place + 1} one up`}
                onClick={() => swap(place, place - 1)}
              >
                <Icon name="up" size={14} />
              </button>
              <button
                type="button"
                class="icon-button"
                disabled={place === steps.length - 1}
                aria-label={`Step ${place + 1} one down`}
                onClick={() => swap(place, place + 1)}
              >
                <Icon name="down" size={14} />
              </button>
              <button
                type="button"
                class="icon-button"
                aria-label={`Take step ${place + 1} away`}
                // The last one is emptied: without any, steps would be suggested again.
                onClick={() =>
                  put(steps.length > 1 ? steps.filter((_, index) => index !== place) : [printStep(NO_STEP)])
                }
              >
                <Icon name="close" size={14} />
              </button>
            </span>
          </li>
        ))}
      </ol>
      <div class="funnel-settings">
        <button
          type="button"
          class="button"
          disabled={steps.length >= MOST_STEPS}
          onClick={() => put([...steps, printStep(NO_STEP)])}
        >
          Add a step
        </button>
        <label>
          All within
          <select value={hours} onChange={(event) => ask({ within: [event.currentTarget.value] })}>
            {[...new Set([...HOURS, hours])].map((each) => (
              <option key={each} value={each}>
                {HOURS_WORDS[each] ?? `${each} hours`}
              </option>
            ))}
          </select>
        </label>
        <label>
          Told apart by
          <select
            value={by ?? ""}
            onChange={(event) => ask({ by: event.currentTarget.value ? [event.currentTarget.value] : [] })}
          >
            <option value="">nothing</option>
            {BY.map((each) => (
              <option key={each} value={each}>
                {DIMENSION_WORDS[each]}
              </option>
            ))}
          </select>
        </label>
      </div>
    </Panel>
  );
}

interface FieldsProps {
  question: Question;
  place: number;
  step: StepAsked;
  onChange: (step: StepAsked) => void;
}

function StepFields({ question, place, step, onChange }: FieldsProps) {
  return (
    <span class="step-fields">
      <select
        aria-label={`What step ${place + 1} is`}
        value={step.dimension}
        onChange={(event) => onChange({ ...step, dimension: event.currentTarget.value as StepDimension, values: [""] })}
      >
        {STEP_DIMENSIONS.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
      <select
        aria-label={`How step ${place + 1} is compared`}
        value={step.operator}
        onChange={(event) => onChange({ ...step, operator: event.currentTarget.value as "==" | "~" })}
      >
        <option value="==">is</option>
        <option value="~">contains</option>
      </select>
      <ValueField
        question={question}
        dimension={step.dimension}
        label={`Value of step ${place + 1}`}
        value={step.values[0] ?? ""}
        onChange={(value) => onChange({ ...step, values: [value] })}
      />
    </span>
  );
}

function Shown({ funnel }: { funnel: Resource<Funnel> }) {
  return (
    <Answer
      of={funnel}
      skeleton={<Skeleton rows={3} height={56} />}
      nothing={({ visitors }) => visitors === 0 && "Nobody did the first step in this range."}
    >
      {({ steps }) => (
        <ol class="funnel-bars">
          {steps.map((step, place) => (
            <Bar key={`${place} ${step.step}`} step={step} before={steps[place - 1] ?? null} place={place} />
          ))}
        </ol>
      )}
    </Answer>
  );
}

function Bar({ step, before, place }: { step: Step; before: Step | null; place: number }) {
  const lost = before ? before.visitors - step.visitors : 0;
  return (
    <li>
      {before && (
        <p class="between number">
          <span class="on">
            {share(step.from_previous)} went on
            {step.median_ms !== null && `, half of them within ${duration(step.median_ms)}`}
          </span>
          {lost > 0 && <span class="lost">{count(lost)} did not</span>}
        </p>
      )}
      <div class="bar-line">
        <span class="bar" style={{ width: `${Math.max(0.4, (step.rate ?? 0) * 100)}%` }} aria-hidden="true" />
        <span class="what">
          <b class="clip">
            {place + 1}. {stepInWords(step.step)}
          </b>
          <span class="number">
            {count(step.visitors)} visitors · {share(step.rate)}
          </span>
        </span>
      </div>
    </li>
  );
}

function Groups({ funnel, by }: { funnel: Funnel; by: Dimension }) {
  return (
    <Panel title={`By ${DIMENSION_WORDS[by]}`} note="of the session of the first step">
      <div class="scrolls">
        <table class="funnel-groups">
          <thead>
            <tr>
              <th scope="col">{DIMENSION_WORDS[by]}</th>
              {funnel.steps.map((step, place) => (
                <th scope="col" key={`${place} ${step.step}`}>
                  {place + 1}. {stepInWords(step.step)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {funnel.groups.map((group) => (
              <tr key={group.value}>
                <th scope="row">{group.value ?? "none"}</th>
                {group.steps.map((step, place) => (
                  <td key={`${place} ${step.step}`} class="number">
                    {count(step.visitors)}
                    {place > 0 && <small>{share(step.rate)}</small>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
