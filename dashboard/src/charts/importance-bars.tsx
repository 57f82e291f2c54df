import { useState } from "preact/hooks";
import type { Importance } from "../api/models";
import { plural } from "../format";
import { importanceInWords, importanceRows, withoutWeight } from "../importance";
import "./importance-bars.css";

/** What a model goes by, the weightiest first: by how much it is worse where the values of a feature are mixed up. */
export function ImportanceBars({ importance }: { importance: Importance }) {
  const [isWhole, setWhole] = useState(false);
  const all = importanceRows(importance, true);
  const rows = isWhole ? all : importanceRows(importance, false);
  const rest = withoutWeight(importance);
  return (
    <figure class="importance">
      <figcaption>
        <h4>What it goes by</h4>
        <p>{importanceInWords(importance)}</p>
      </figcaption>
      {rows.length === 0 && <p>No feature by itself changes anything that chance would not.</p>}
      <ol>
        {rows.map((row) => (
          <li key={row.feature} class={row.of ? "part" : ""}>
            <span class="meaning">
              {row.meaning} <code class="mono">{row.feature}</code>
            </span>
            <span class="bar" aria-hidden="true">
              <i style={{ width: `${row.length * 100}%` }} />
              <b style={{ left: `${row.low * 100}%`, right: `${(1 - row.high) * 100}%` }} />
            </span>
            <span class="value number">{row.words}</span>
          </li>
        ))}
      </ol>
      <p class="rest">
        {(isWhole || all.length > rows.length) && (
          <button type="button" onClick={() => setWhole(!isWhole)}>
            {isWhole ? "Show fewer" : `Show all ${all.length}`}
          </button>
        )}
        {rest > 0 && <span>{plural(rest, "other feature changes", "other features change")} nothing to speak of.</span>}
      </p>
    </figure>
  );
}
