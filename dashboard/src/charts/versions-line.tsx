import type { ModelVersion } from "../api/models";
import { figure } from "../format";
import { versionPoints } from "../versions";
import "./realised-line.css";

const LEFT = 32;
const TOP = 8;
const WIDTH = 420;
const SIDE = 84;
const HEIGHT = TOP + SIDE + 22;

/** AUC of every version on the sessions that it had not seen, with its interval. Nothing below two versions. */
export function VersionsLine({ versions }: { versions: ModelVersion[] }) {
  const points = versionPoints(versions);
  const [first, last] = [points[0], points.at(-1)];
  if (points.length < 2 || !first || !last) return null;
  const bottom = Math.max(0, Math.floor(Math.min(0.5, ...points.map((each) => each.low)) * 10 + 1e-9) / 10);
  const x = (place: number) => LEFT + 8 + (place / (points.length - 1)) * (WIDTH - LEFT - 16);
  const y = (auc: number) => TOP + SIDE - ((auc - bottom) / (1 - bottom)) * SIDE;
  return (
    <figure class="realised-line">
      <figcaption>AUC by version on held-out sessions, with its interval; the filled one is in use</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        {[...new Set([bottom, 0.5, 1])].map((tick) => (
          <g key={tick}>
            <line class="grid" x1={LEFT} x2={WIDTH} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 6} y={y(tick) + 4} text-anchor="end">
              {figure(tick, 1)}
            </text>
          </g>
        ))}
        <path class="line" d={points.map((each, i) => `${i ? "L" : "M"}${x(i)} ${y(each.auc)}`).join("")} />
        {points.map((each, i) => (
          <g key={each.version} class={each.inUse ? "in-use" : "not-in-use"}>
            <title>{each.words}</title>
            <line class="interval" x1={x(i)} x2={x(i)} y1={y(each.low)} y2={y(each.high)} />
            <circle cx={x(i)} cy={y(each.auc)} r={each.inUse ? 4 : 3} />
          </g>
        ))}
        <text x={LEFT} y={HEIGHT - 4}>
          version {first.version}
        </text>
        <text x={WIDTH} y={HEIGHT - 4} text-anchor="end">
          version {last.version}
        </text>
      </svg>
      <ul class="sr-only">
        {points.map((each) => (
          <li key={each.version}>{each.words}</li>
        ))}
      </ul>
    </figure>
  );
}
