import "./range-bar.css";

interface Props {
  value: number;
  interval: [number, number];
  /** Both ends of the scale. */
  from: number;
  to: number;
  /** What it is a figure of; a difference has a line at 0. */
  look: "shown" | "holdout" | "difference";
}

/** A figure and its 95% interval on a scale; the figures themselves stand beside it, as text. */
export function RangeBar({ value, interval: [low, high], from, to, look }: Props) {
  const at = (figure: number) => Math.min(100, Math.max(0, ((figure - from) / (to - from)) * 100));
  return (
    <span class={`range-bar ${look}`} aria-hidden="true">
      <span class="rail" />
      {look === "difference" && <span class="zero" style={{ left: `${at(0)}%` }} />}
      <span class="reach" style={{ left: `${at(low)}%`, right: `${100 - at(high)}%` }} />
      <span class="point" style={{ left: `${at(value)}%` }} />
    </span>
  );
}
