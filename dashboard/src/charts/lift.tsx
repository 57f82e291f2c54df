import "./lift.css";

const TALLEST = 80;

/** How many times more often than average the sessions of each tenth converted, the highest scores first. */
export function Lift({ deciles }: { deciles: { decile: number; lift: number }[] }) {
  const sorted = [...deciles].sort((a, b) => a.decile - b.decile);
  const most = Math.max(1, ...sorted.map((each) => each.lift));
  return (
    <ol class="lift">
      {sorted.map(({ decile, lift }) => (
        <li key={decile} class={lift >= 1 ? "above" : ""}>
          <span class="column">
            <span class="value number">
              {lift >= 9.95 ? lift.toFixed(0) : lift.toFixed(1)}
              <span class="sr-only"> times the average</span>
            </span>
            <i style={{ height: `${(lift / most) * TALLEST}%` }} />
          </span>
          <span class="place number">
            <span class="sr-only">tenth </span>
            {decile}
          </span>
        </li>
      ))}
    </ol>
  );
}
