import type { Drift } from "../api/models";
import { driftRows } from "../drift-rows";
import "./drift-bars.css";

const SHOWN = 6;

/** How far the farthest features are from what was learned from, beside the limit of each. */
export function DriftBars({ drift }: { drift: Drift }) {
  const rows = driftRows(drift, SHOWN);
  if (rows.length === 0) return null;
  return (
    <figure class="drift-bars">
      <figcaption>Population stability index; the line marks from where on it is drift</figcaption>
      <ul>
        {rows.map((row) => (
          <li key={row.name} class={row.drifted ? "drifted" : ""}>
            <span class="name mono">{row.name}</span>
            <span class="bar" aria-hidden="true">
              <i style={{ width: `${row.length * 100}%` }} />
              <b style={{ left: `${row.limit * 100}%` }} />
            </span>
            <span class="value number">{row.words}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}
