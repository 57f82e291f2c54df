import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Interval } from "../range";
import { shownTheme } from "../theme";
import { drawsBars, plotOptions } from "./time-series-plot";
import "./time-series.css";

export interface BucketDescription {
  title: string;
  lines: { label: string; value: string; shown: boolean }[];
}

interface Props {
  label: string;
  interval: Interval;
  /** Start of each bucket, epoch milliseconds. */
  t: number[];
  y: number[];
  /** The same of the period before, drawn behind as a dashed line. */
  before?: (number | null)[] | null;
  /** Buckets that were out of the ordinary: a ring is drawn on each. */
  marked?: number[];
  /** The last bucket is still filling: it is hatched, and a dot pulses on it. */
  filling: boolean;
  describe: (index: number) => BucketDescription;
  /** Called with the stretch that was dragged over, epoch milliseconds. */
  onSelect: (from: number, to: number) => void;
}

const GROWTH_MS = 450;
const TIP_WIDTH = 190;

/** Counts over time. The arrow keys move through the buckets, and each is read out. */
export function TimeSeries({ label, interval, t, y, before = null, marked = [], filling, describe, onSelect }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const newest = useRef<HTMLSpanElement>(null);
  const drawn = useRef<{ t: number[]; y: number[] }>({ t: [], y: [] });
  const latest = useRef({ filling, onSelect, before, marked });
  latest.current = { filling, onSelect, before, marked };
  const hovered = useSignal<number | null>(null);
  const spoken = useSignal("");
  const bars = drawsBars(t.length);
  const theme = shownTheme.value;

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const chart = new uPlot(
      plotOptions({
        bars,
        interval,
        width: element.clientWidth,
        height: element.clientHeight,
        onHover: (index) => {
          hovered.value = index;
        },
        onSelect: (from, to) => latest.current.onSelect(from, to),
        onDraw: (drawnPlot) => {
          placeNewest(drawnPlot, newest.current, latest.current.filling);
          drawMarks(drawnPlot, latest.current.marked);
        },
      }),
      columns(drawn.current.t, drawn.current.y, latest.current.before, latest.current.filling, bars),
      element,
    );
    plot.current = chart;
    const watch = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: element.clientHeight }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      chart.destroy();
      plot.current = null;
    };
    // The theme is read when the colours are: a new one draws the chart anew.
  }, [interval, bars, theme]);

  useEffect(
    () =>
      grow(drawn.current, { t, y }, (now) => {
        drawn.current = now;
        plot.current?.setData(columns(now.t, now.y, before, filling, bars));
      }),
    [t, y, before, marked.join(), filling, bars, interval, theme],
  );

  function moveTo(index: number): void {
    const chart = plot.current;
    const instant = t[index];
    if (!chart || instant === undefined) return;
    chart.setCursor({ left: chart.valToPos(instant, "x"), top: 0 });
    const { title, lines } = describe(index);
    spoken.value = `${title}: ${lines.map((line) => `${line.label} ${line.value}`).join(", ")}`;
  }

  function onKeyDown(event: KeyboardEvent): void {
    const from = hovered.value ?? t.length - 1;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: t.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    moveTo(Math.min(t.length - 1, Math.max(0, to)));
  }

  const index = hovered.value;
  const description = index !== null && index < t.length ? describe(index) : null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would say form to a chart
    <div
      ref={host}
      class="time-series"
      role="group"
      aria-label={`${label}. Use the left and right arrow keys to read the values.`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move through the values
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <span ref={newest} class="newest" hidden />
      {description && index !== null && (
        <div class="chart-tip" style={{ left: `${tipLeft(plot.current, t[index])}px` }}>
          <p>{description.title}</p>
          <ul>
            {description.lines.map((line) => (
              <li key={line.label} class={line.shown ? "shown" : ""}>
                <span>{line.label}</span>
                <span class="number">{line.value}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      <span class="sr-only" aria-live="polite">
        {spoken}
      </span>
    </div>
  );
}

/** The filling bucket is a series of its own, so that it can look different. A line needs its last point too. */
function columns(
  t: number[],
  y: number[],
  before: (number | null)[] | null,
  filling: boolean,
  bars: boolean,
): uPlot.AlignedData {
  const last = t.length - 1;
  const apart = filling && bars;
  return [
    t,
    apart ? y.map((value, index) => (index === last ? null : value)) : y,
    y.map((value, index) => (apart && index === last ? value : null)),
    t.map((_, index) => before?.[index] ?? null),
  ];
}

/** Lets the values grow from what was drawn to what is new. Returns how to stop. */
function grow(
  from: { t: number[]; y: number[] },
  to: { t: number[]; y: number[] },
  draw: (now: { t: number[]; y: number[] }) => void,
): () => void {
  const before = new Map(from.t.map((instant, index) => [instant, from.y[index] ?? 0]));
  const sameChart = to.t.some((instant) => before.has(instant));
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (!sameChart || still) {
    draw(to);
    return () => {};
  }
  const started = performance.now();
  let frame = 0;
  const step = (time: number): void => {
    const passed = Math.min(1, Math.max(0, (time - started) / GROWTH_MS));
    const eased = 1 - (1 - passed) ** 3;
    draw({
      t: to.t,
      y: to.y.map((value, index) => {
        const old = before.get(to.t[index] ?? 0) ?? 0;
        return old + (value - old) * eased;
      }),
    });
    if (passed < 1) frame = requestAnimationFrame(step);
  };
  frame = requestAnimationFrame(step);
  return () => cancelAnimationFrame(frame);
}

function placeNewest(chart: uPlot, dot: HTMLSpanElement | null, filling: boolean): void {
  if (!dot) return;
  const instant = chart.data[0].at(-1);
  const value = chart.data[2]?.at(-1) ?? chart.data[1]?.at(-1);
  dot.hidden = !filling || instant === undefined || value == null;
  if (dot.hidden || instant === undefined || value == null) return;
  dot.style.left = `${chart.over.offsetLeft + chart.valToPos(instant, "x")}px`;
  dot.style.top = `${chart.over.offsetTop + chart.valToPos(value, "y")}px`;
}

function drawMarks(chart: uPlot, marked: number[]): void {
  const { ctx } = chart;
  ctx.save();
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--bad-fill").trim();
  for (const index of marked) {
    const instant = chart.data[0][index];
    const value = chart.data[1]?.[index] ?? chart.data[2]?.[index];
    if (instant === undefined || value == null) continue;
    ctx.beginPath();
    ctx.arc(chart.valToPos(instant, "x", true), chart.valToPos(value, "y", true), 5 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.stroke();
  }
  ctx.restore();
}

/** Beside the pointer, on the side that has room. */
function tipLeft(chart: uPlot | null, instant: number | undefined): number {
  if (!chart || instant === undefined) return 0;
  const at = chart.over.offsetLeft + chart.valToPos(instant, "x");
  const fits = at + 16 + TIP_WIDTH < chart.width;
  return Math.max(0, fits ? at + 16 : at - 16 - TIP_WIDTH);
}
