import type { CalibrationPoint } from "../api/models";
import { count, plural, share } from "../format";
import "./calibration.css";

const SIDE = 200;
const LEFT = 44;
const TOP = 8;
const HISTOGRAM = 34;
const WIDTH = LEFT + SIDE + 12;
const HEIGHT = TOP + SIDE + 24 + HISTOGRAM + 18;

/** What was predicted against what then happened, in groups of sessions: on the diagonal the model means what it says. */
export function Calibration({ points, of = "session" }: { points: CalibrationPoint[]; of?: "session" | "visitor" }) {
  const shown = points.filter((point) => point.count > 0).sort((a, b) => a.predicted - b.predicted);
  const top = axisEnd(
    Math.max(0, ...shown.map((point) => Math.max(point.predicted, point.observed, point.interval?.[1] ?? 0))),
  );
  const most = Math.max(1, ...shown.map(sizeOf));
  const x = (value: number) => LEFT + (value / top) * SIDE;
  const y = (value: number) => TOP + SIDE - (value / top) * SIDE;
  const ticks = [0, top / 2, top];
  const floor = HEIGHT - 18;
  return (
    <figure>
      <svg class="calibration" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        {ticks.map((tick) => (
          <g key={tick}>
            <line class="grid" x1={LEFT} x2={LEFT + SIDE} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 8} y={y(tick) + 4} text-anchor="end">
              {share(tick)}
            </text>
            <text x={x(tick)} y={TOP + SIDE + 16} text-anchor="middle">
              {share(tick)}
            </text>
          </g>
        ))}
        <line class="ideal" x1={x(0)} y1={y(0)} x2={x(top)} y2={y(top)} />
        <path class="curve" d={shown.map((p, i) => `${i ? "L" : "M"}${x(p.predicted)} ${y(p.observed)}`).join("")} />
        {shown.map((point) => (
          <g key={point.predicted}>
            <title>{inWords(point, of)}</title>
            <rect
              class="counts"
              x={x(point.predicted) - 4}
              width="8"
              y={floor - Math.max(1.5, (sizeOf(point) / most) * HISTOGRAM)}
              height={Math.max(1.5, (sizeOf(point) / most) * HISTOGRAM)}
              rx="1.5"
            />
            {point.interval && (
              <line
                class="interval"
                x1={x(point.predicted)}
                x2={x(point.predicted)}
                y1={y(point.interval[0])}
                y2={y(point.interval[1])}
              />
            )}
            <circle cx={x(point.predicted)} cy={y(point.observed)} r="4" />
          </g>
        ))}
        <text x={LEFT + SIDE / 2} y={HEIGHT - 4} text-anchor="middle">
          predicted · bars: number of {of}s
        </text>
        <text x={-(TOP + SIDE / 2)} y="10" transform="rotate(-90)" text-anchor="middle">
          observed
        </text>
      </svg>
      <ul class="sr-only">
        {shown.map((point) => (
          <li key={point.predicted}>{inWords(point, of)}</li>
        ))}
      </ul>
    </figure>
  );
}

/** The next of 10, 20, 30, 50 and 100 percent, so that rare conversions are not squeezed into a corner. */
function axisEnd(value: number): number {
  return [0.1, 0.2, 0.3, 0.5].find((end) => value <= end) ?? 1;
}

/** Sessions; of versions that were judged before these were counted, moments of them. */
function sizeOf(point: CalibrationPoint): number {
  return point.sessions ?? point.count;
}

function inWords(point: CalibrationPoint, who: string): string {
  const { predicted, observed, interval, count: moments, sessions } = point;
  const range = interval ? ` (${share(interval[0])} to ${share(interval[1])})` : "";
  const of =
    sessions === undefined ? count(moments) : `${plural(sessions, who)}, ${plural(moments, "example")} of them`;
  return `predicted ${share(predicted)}, observed ${share(observed)}${range} of ${of}`;
}
