import { figure } from "../format";
import { axisStart, nameOfDay, runsOfVersions, type VersionDays } from "../realised-days";
import "./realised-line.css";

const LEFT = 32;
const TOP = 8;
const WIDTH = 420;
const SIDE = 84;
const HEIGHT = TOP + SIDE + 22;

interface Props {
  versions: VersionDays[];
  inUse: number;
  /** AUC of the version in use on held-out sessions. */
  heldOut: number | null;
}

/** AUC of told scores, day by day, with its interval, beside that of the held-out sessions; grey of versions that are no
 * longer in use. Nothing below two days. */
export function RealisedLine({ versions, inUse, heldOut }: Props) {
  const runs = runsOfVersions(versions, inUse);
  const ranked = runs.flatMap(({ run }) => run);
  if (ranked.length < 2) return null;
  const last = { at: Math.max(1, ...ranked.map(({ at }) => at)) };
  const start = axisStart(runs.map(({ run }) => run));
  const days = versions.flatMap((each) => each.days);
  const hasFormer = runs.some((each) => !each.inUse);
  const bottom = heldOut === null ? start : Math.min(start, Math.floor(heldOut * 10) / 10);
  const x = (at: number) => LEFT + 6 + (at / last.at) * (WIDTH - LEFT - 12);
  const y = (auc: number) => TOP + SIDE - ((auc - bottom) / (1 - bottom)) * SIDE;
  const ticks = [...new Set([bottom, 0.5, 1])];
  const names = days.filter((each) => each.auc !== null).map((each) => each.day);
  names.sort();
  return (
    <figure class="realised-line">
      <figcaption>
        AUC by day, with its interval{heldOut !== null && `; dashed: ${figure(heldOut)} on the held-out sessions`}
        {hasFormer && "; grey: versions no longer in use"}
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        {ticks.map((tick) => (
          <g key={tick}>
            <line class="grid" x1={LEFT} x2={WIDTH} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 6} y={y(tick) + 4} text-anchor="end">
              {figure(tick, 1)}
            </text>
          </g>
        ))}
        {heldOut !== null && <line class="held-out" x1={LEFT} x2={WIDTH} y1={y(heldOut)} y2={y(heldOut)} />}
        {runs.map(({ version, inUse: isInUse, run }) => (
          <g key={`${version} ${run[0]?.at}`} class={isInUse ? "" : "former"}>
            <path class="line" d={run.map((day, i) => `${i ? "L" : "M"}${x(day.at)} ${y(day.auc)}`).join("")} />
            {run.map((day) => (
              <g key={day.at}>
                <title>{day.words}</title>
                <line class="interval" x1={x(day.at)} x2={x(day.at)} y1={y(day.low)} y2={y(day.high)} />
                <circle cx={x(day.at)} cy={y(day.auc)} r="3" />
              </g>
            ))}
          </g>
        ))}
        <text x={LEFT} y={HEIGHT - 4}>
          {nameOfDay(names[0] ?? "")}
        </text>
        <text x={WIDTH} y={HEIGHT - 4} text-anchor="end">
          {nameOfDay(names.at(-1) ?? "")}
        </text>
      </svg>
      <ul class="sr-only">
        {ranked.map((day) => (
          <li key={day.words}>{day.words}</li>
        ))}
      </ul>
    </figure>
  );
}
