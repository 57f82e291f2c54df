import { useSignal } from "@preact/signals";
import { api, type Metric, type Timeseries } from "../api";
import { TimeSeries } from "../charts/time-series";
import { Answer, Skeleton } from "../elements/answer";
import { Choice } from "../elements/choice";
import { Panel } from "../elements/panel";
import { bucketName, count } from "../format";
import { showRange } from "../location";
import { paceOf, type Question } from "../pages/question";
import { LENGTH_OF, startOf } from "../range";
import { useResource } from "../resource";

const METRICS: { value: Metric; text: string }[] = [
  { value: "events", text: "Events" },
  { value: "pageviews", text: "Page views" },
  { value: "sessions", text: "Sessions" },
  { value: "conversions", text: "Conversions" },
];

/** Counts over time, one metric at a time; all four in the tooltip. */
export function OverTime({ question }: { question: Question }) {
  const metric = useSignal<Metric>("events");
  const series = useResource(
    question.key,
    async (abort) => {
      const { from, to, interval, live } = question.window();
      const answer = await api.timeseries({ project: question.project, from, to, interval }, abort);
      return { answer, isFilling: live && answer.t.at(-1) === startOf(to, interval) };
    },
    paceOf(question),
  );
  const name = METRICS.find((each) => each.value === metric.value)?.text ?? "";
  const interval = series.data?.answer.interval;
  return (
    <Panel
      title="Over time"
      note={interval && `by ${interval}${interval === "day" ? " (UTC)" : ""}`}
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
        {({ answer, isFilling }) => (
          <TimeSeries
            label={`${name} by ${answer.interval}`}
            interval={answer.interval}
            t={answer.t}
            y={answer[metric.value]}
            filling={isFilling}
            describe={(index) => describe(answer, index, metric.value, isFilling)}
            onSelect={(from, to) => showRange(wholeBuckets(from, to, answer))}
          />
        )}
      </Answer>
    </Panel>
  );
}

function describe(series: Timeseries, index: number, shown: Metric, isFilling: boolean) {
  const start = series.t[index] ?? 0;
  const stillFilling = isFilling && index === series.t.length - 1;
  return {
    title: `${bucketName(start, series.interval, Date.now())}${stillFilling ? " · still counting" : ""}`,
    lines: METRICS.map(({ value, text }) => ({
      label: text,
      value: count(series[value][index]),
      shown: value === shown,
    })),
  };
}

/** What was dragged over, widened to whole buckets. */
function wholeBuckets(from: number, to: number, { interval }: Timeseries) {
  return { name: "custom" as const, from: startOf(from, interval), to: startOf(to, interval) + LENGTH_OF[interval] };
}
