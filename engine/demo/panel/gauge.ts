import { html, type Markup } from "../html";

const ARC = "M14 78A64 64 0 0 1 142 78";

/** A half circle; `score` is from 0 to 1, or undefined where there is none. */
export function gauge(): Markup {
  return html`<svg class="gauge" viewBox="0 0 156 86" aria-hidden="true">
    <path class="gauge-track" d="${ARC}" pathLength="100"/><path class="gauge-value" d="${ARC}" pathLength="100" stroke-dasharray="0 200"/>
  </svg>`;
}

export function setGauge(root: Element, score: number | undefined): void {
  const length = Math.max(score ? 1.5 : 0, (score ?? 0) * 100);
  const arc = root.querySelector(".gauge-value");
  arc?.setAttribute("stroke-dasharray", `${length.toFixed(2)} 200`);
  // A round cap makes a dot of an arc without length.
  arc?.setAttribute("visibility", length ? "visible" : "hidden");
}
