import { api } from "../api";
import type { Counts, Overview } from "../api/traffic";
import { Skeleton, Trouble } from "../elements/answer";
import { Icon } from "../elements/icons";
import { amount, type Change, change, changeOfShare, count, share } from "../format";
import { paceOf, periodOf, type Question } from "../pages/question";
import { previousLabel } from "../range";
import { useResource } from "../resource";
import "./figures.css";

interface Figure {
  key: keyof Counts;
  label: string;
  show: (value: number | null) => string;
  isShare?: boolean;
  lessIsBetter?: boolean;
}

const FIGURES: Figure[] = [
  { key: "visitors", label: "Visitors", show: count },
  { key: "sessions", label: "Sessions", show: count },
  { key: "pageviews", label: "Page views", show: count },
  { key: "events", label: "Events", show: count },
  { key: "conversions", label: "Conversions", show: count },
  { key: "conversion_rate", label: "Conversion rate", show: share, isShare: true },
  { key: "revenue", label: "Revenue", show: amount },
  { key: "bounce_rate", label: "Bounce rate", show: share, isShare: true, lessIsBetter: true },
];

/** The totals of the range, each with its change against the period before. */
export function Figures({ question }: { question: Question }) {
  const overview = useResource(question.key, (abort) => api.overview(periodOf(question), abort), paceOf(question));
  const before = previousLabel(question.range);
  const { data, error } = overview;
  return (
    <section aria-label="Totals">
      <dl class="figures" aria-busy={overview.outdated}>
        {data === null && error ? (
          <div class="whole">
            <dt class="sr-only">Totals</dt>
            <dd>
              <Trouble error={error} retry={overview.retry} />
            </dd>
          </div>
        ) : (
          FIGURES.map((figure) => (
            <div key={figure.key}>
              <dt>{figure.label}</dt>
              {data ? <FigureValue figure={figure} overview={data} before={before} /> : <WaitingValue />}
            </div>
          ))
        )}
      </dl>
    </section>
  );
}

function FigureValue({ figure, overview, before }: { figure: Figure; overview: Overview; before: string | null }) {
  const value = overview[figure.key];
  const earlier = overview.previous?.[figure.key] ?? null;
  const difference = before === null ? null : changeOf(figure, value, earlier);
  return (
    <>
      <dd class="value number">{figure.show(value)}</dd>
      <dd class={`change number ${judged(difference, figure.lessIsBetter ?? false)}`}>
        {difference && (
          <>
            {difference.direction !== "same" && <Icon name={difference.direction} size={12} />}
            <span class="sr-only">{difference.direction} by</span>
            <span title={`${figure.show(earlier)} in ${before}`}>{difference.text}</span>
            <span class="sr-only">against {before}</span>
          </>
        )}
      </dd>
    </>
  );
}

function changeOf(figure: Figure, value: number | null, earlier: number | null): Change | null {
  return figure.isShare ? changeOfShare(value, earlier) : change(value ?? 0, earlier ?? 0);
}

function WaitingValue() {
  return (
    <dd>
      <Skeleton height={26} />
      <span class="sr-only">Loading…</span>
    </dd>
  );
}

function judged(difference: Change | null, lessIsBetter: boolean): string {
  if (!difference || difference.direction === "same") return "";
  return (difference.direction === "up") === lessIsBetter ? "worse" : "better";
}
