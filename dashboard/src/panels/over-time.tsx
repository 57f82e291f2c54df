import { useSignal } from "@preact/signals";
import { anomalyInWords } from "../anomalies";
import { api } from "../api";
import type { Anomaly } from "../api/findings";
import type { Metric, Timeseries } from "../api/traffic";
import { TimeSeries } from "../charts/time-series";
import { Answer, Skeleton } from "../elements/answer";
import { Choice } from "../elements/choice";
import { Panel } from "../elements/panel";
import { bucketName, count } from "../format";
import { showRange } from "../location";
import { paceOf, periodOf, type Question } from "../pages/question";
import { LENGTH_OF, previousLabel, startOf } from "../range";
import { useResource } from "../resource";
import "./over-time.css";

const METRICS: { value: Metric; text: string }[] = [
  { value: "events", text: "Events" },
  { value: "pageviews", text: "Page views" },
  { value: "sessions", text: "Sessions" },
  { value: "conversions", text: "Conversions" },
];

interface Shown {
  answer: Timeseries;
  /** The period before, bucket by bucket; null where nothing came before. */
  before: Timeseries | null;
  anomalies: Anomaly[];
  isFilling: boolean;
}

/** Counts over time, one metric at a time, with the period before and what was out of the ordinary. */
export function OverTime({ question }: { question: Question }) {
  const metric = useSignal<Metric>("events");
  const series = useResource(question.key, (abort) => load(question, abort), paceOf(question));
  const name = METRICS.find((each) => each.value === metric.value)?.text ?? "";
  const interval = series.data?.answer.interval;
  const compared = previousLabel(question.range);
  return (
    <Panel
      title="Over time"
      note={
        interval && (
          <>
            by {interval}
            {interval === "day" && " (UTC)"}
            {compared && (
              <span class="key-before">
                <i aria-hidden="true" /> {compared}
              </span>
            )}
          </>
        )
      }
      busy={series.outdated}
      class="over-time"
      controls={
        <Choice
          label="What the chart shows"
          options={METRICS}
          value={metric.value}
          onChoose={(value) => {
            metric.value = value;
          }}
        />
      }
    >
      <Answer
        of={series}
        skeleton={<Skeleton height={252} />}
        nothing={({ answer }) => (answer.events.some((value) => value > 0) ? null : "No events in this range.")}
      >
        {(shown) => {
          const { answer, before, isFilling } = shown;
          const marks = marksOf(shown, metric.value);
          return (
            <TimeSeries
              label={`${name} by ${answer.interval}`}
              interval={answer.interval}
              t={answer.t}
              y={answer[metric.value]}
              before={before?.[metric.value] ?? null}
              marked={[...marks.keys()]}
              filling={isFilling}
              describe={(index) => describe(shown, index, metric.value, marks.get(index))}
              onSelect={(from, to) => showRange(wholeBuckets(from, to, answer))}
            />
          );
        }}
      </Answer>
    </Panel>
  );
}

async function load(question: Question, abort: AbortSignal): Promise<Shown> {
  const { to, interval, live } = question.window();
  const period = periodOf(question);
  const earlier = { ...period, from: period.from - (to - period.from), to: period.from };
  // Anomalies are of everybody: among some sessions they say nothing.
  const isWhole = question.filters.length === 0;
  const [answer, before, anomalies] = await Promise.all([
    api.timeseries({ ...period, interval }, abort),
    previousLabel(question.range) === null ? null : api.timeseries({ ...earlier, interval }, abort),
    isWhole ? api.anomalies(question.project, period.from, abort).then((found) => found.anomalies) : [],
  ]);
  return { answer, before, anomalies, isFilling: live && answer.t.at(-1) === startOf(to, interval) };
}

/** By the bucket of the chart, what was out of the ordinary in it. */
function marksOf({ answer, anomalies }: Shown, metric: Metric): Map<number, Anomaly> {
  const first = answer.t[0] ?? 0;
  const length = LENGTH_OF[answer.interval];
  const marks = new Map<number, Anomaly>();
  for (const anomaly of anomalies) {
    const index = Math.floor((anomaly.bucket - first) / length);
    const isShown = anomaly.metric === metric && anomaly.dimension === "" && index >= 0 && index < answer.t.length;
    if (isShown && !marks.has(index)) marks.set(index, anomaly);
  }
  return marks;
}

function describe({ answer, before, isFilling }: Shown, index: number, shown: Metric, anomaly: Anomaly | undefined) {
  const start = answer.t[index] ?? 0;
  const stillFilling = isFilling && index === answer.t.length - 1;
  const lines = METRICS.map(({ value, text }) => ({
    label: text,
    value: count(answer[value][index]),
    shown: value === shown,
  }));
  const earlier = before?.[shown][index];
  if (earlier !== undefined) lines.push({ label: "The period before", value: count(earlier), shown: false });
  if (anomaly) lines.push({ label: "Out of the ordinary", value: anomalyInWords(anomaly), shown: true });
  return {
    title: `${bucketName(start, answer.interval, Date.now())}${stillFilling ? " · still counting" : ""}`,
    lines,
  };
}

/** What was dragged over, widened to whole buckets. */
function wholeBuckets(from: number, to: number, { interval }: Timeseries) {
  return { name: "custom" as const, from: startOf(from, interval), to: startOf(to, interval) + LENGTH_OF[interval] };
}
