import { html, type Markup } from "../html";

const WIDTH = 280;
const HEIGHT = 44;
const EDGE = 4;

/** The visit's scores so far, from nought to the highest of them (at least a tenth), newest at the right. */
export function sparkline(scores: readonly number[]): Markup {
  if (!scores.length) return html``;
  const top = Math.max(0.1, ...scores);
  const step = (WIDTH - 2 * EDGE) / Math.max(scores.length - 1, 12);
  const start = WIDTH - EDGE - step * (scores.length - 1);
  const points = scores.map((score, at) => [start + at * step, HEIGHT - EDGE - (score / top) * (HEIGHT - 2 * EDGE)]);
  const line = points.map(([x, y]) => `${x?.toFixed(1)},${y?.toFixed(1)}`).join(" ");
  const [endX, endY] = points[points.length - 1] ?? [];
  return html`<svg class="sparkline" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="The scores of this visit">
    <path class="spark-floor" d="M${EDGE} ${HEIGHT - EDGE}H${WIDTH - EDGE}"/>
    ${
      points.length > 1 &&
      html`<polygon class="spark-area" points="${start.toFixed(1)},${HEIGHT - EDGE} ${line} ${WIDTH - EDGE},${HEIGHT - EDGE}"/>
      <polyline class="spark-line" points="${line}"/>`
    }
    ${endX !== undefined && html`<circle class="spark-end" cx="${endX.toFixed(1)}" cy="${endY?.toFixed(1)}" r="3.2"/>`}
  </svg>`;
}
