import { useSignal } from "@preact/signals";
import { type EventLine, events } from "../../api/events";
import { TimeSeries } from "../../charts/time-series";
import { Answer, Skeleton } from "../../elements/answer";
import { Choice } from "../../elements/choice";
import { Panel } from "../../elements/panel";
import { withFilter } from "../../filters";
import { bucketName, count } from "../../format";
import { filterBy, showRange } from "../../location";
import { paceOf, periodOf, type Question } from "../../pages/question";
import { LENGTH_OF, previousLabel, startOf } from "../../range";
import { useResource } from "../../resource";

const MEASURES = [
  { value: "events", text: "Events" },
  { value: "visitors", text: "Visitors" },
] as const;
type Measure = (typeof MEASURES)[number]["value"];

interface Shown {
  line: EventLine;
  before: EventLine | null;
  isFilling: boolean;
}

/** How the events of one name went, beside the period before. */
export function EventOverTime({ question, event }: { question: Question; event: string }) {
  const measure = useSignal<Measure>("events");
  const line = useResource(`event ${question.key} ${event}`, (abort) => load(question, event, abort), paceOf(question));
  const compared = previousLabel(question.range);
  return (
    <Panel
      title={event}
      note={
        line.data && (
          <>
            by {line.data.line.interval}
            {line.data.line.interval === "day" && " (UTC)"}
            {compared && (
              <span class="key-before">
                <i aria-hidden="true" /> {compared}
              </span>
            )}
          </>
        )
      }
      busy={line.outdated}
      class="over-time"
      controls={
        <div class="event-controls">
          <button
            type="button"
            class="button"
            onClick={() =>
              filterBy(withFilter(question.filters, { dimension: "event", operator: "==", values: [event] }))
            }
          >
            Only sessions with it
          </button>
          <Choice
            label="What the chart shows"
            options={[...MEASURES]}
            value={measure.value}
            onChoose={(value) => {
              measure.value = value;
            }}
          />
        </div>
      }
    >
      <Answer
        of={line}
        skeleton={<Skeleton height={252} />}
        nothing={(shown) => (shown.line.events.some((value) => value > 0) ? null : "None of it in this range.")}
      >
        {(shown) => (
          <TimeSeries
            label={`${event}: ${measure.value} by ${shown.line.interval}`}
            interval={shown.line.interval}
            t={shown.line.t}
            y={shown.line[measure.value]}
            before={shown.before?.[measure.value] ?? null}
            filling={shown.isFilling}
            describe={(index) => describe(shown, index, measure.value)}
            onSelect={(from, to) => {
              const { interval } = shown.line;
              showRange({
                name: "custom",
                from: startOf(from, interval),
                to: startOf(to, interval) + LENGTH_OF[interval],
              });
            }}
          />
        )}
      </Answer>
    </Panel>
  );
}

async function load(question: Question, event: string, abort: AbortSignal): Promise<Shown> {
  const { to, interval, live } = question.window();
  const period = periodOf(question);
  const earlier = { ...period, from: period.from - (to - period.from), to: period.from };
  const [line, before] = await Promise.all([
    events.line({ ...period, event, interval }, abort),
    previousLabel(question.range) === null ? null : events.line({ ...earlier, event, interval }, abort),
  ]);
  return { line, before, isFilling: live && line.t.at(-1) === startOf(to, interval) };
}

function describe({ line, before, isFilling }: Shown, index: number, measure: Measure) {
  const stillFilling = isFilling && index === line.t.length - 1;
  const lines = MEASURES.map(({ value, text }) => ({
    label: text as string,
    value: count(line[value][index]),
    shown: value === measure,
  }));
  const earlier = before?.[measure][index];
  if (earlier !== undefined) lines.push({ label: "The period before", value: count(earlier), shown: false });
  return {
    title: `${bucketName(line.t[index] ?? 0, line.interval, Date.now())}${stillFilling ? " · still counting" : ""}`,
    lines,
  };
}
