/** The uPlot settings of the time series chart: bars while they can be told apart, a line with an area beyond. */

import uPlot from "uplot";
import { DAY, HOUR, type Interval, LENGTH_OF } from "../range";

const MOST_BARS = 62;

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayUtc = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const monthUtc = new Intl.DateTimeFormat("en-GB", { month: "short", year: "2-digit", timeZone: "UTC" });

/** Counts are whole: no axis of 0.5 events. */
const WHOLE_STEPS = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

export function drawsBars(points: number): boolean {
  return points <= MOST_BARS;
}

interface Wishes {
  bars: boolean;
  interval: Interval;
  width: number;
  height: number;
  onHover: (index: number | null) => void;
  onSelect: (from: number, to: number) => void;
  onDraw: (plot: uPlot) => void;
}

export function plotOptions(wishes: Wishes): uPlot.Options {
  const colour = themeColours();
  const { bars } = wishes;
  const half = LENGTH_OF[wishes.interval] / 2;
  const barPaths = uPlot.paths.bars?.({ size: [0.64, 32], radius: [0.2, 0] });
  const font = `12px ${colour("--sans")}`;
  return {
    ms: 1,
    width: wishes.width,
    height: wishes.height,
    // On the right, room for half of a label that stands under the last bucket.
    padding: [12, 20, 0, 0],
    legend: { show: false },
    ...(wishes.interval === "day" ? { tzDate: (instant: number) => uPlot.tzDate(new Date(instant), "Etc/UTC") } : {}),
    scales: {
      x: { range: (_, from, to) => (bars ? [from - half, to + half] : [from, to]) },
      y: { range: (_, __, most) => [0, Math.max(4, (most ?? 0) * 1.1)] },
    },
    axes: [
      {
        font,
        stroke: colour("--ink-3"),
        grid: { show: false },
        ticks: { show: true, stroke: colour("--line"), width: 1, size: 5 },
        size: 30,
        gap: 4,
        space: 72,
        values: (_, splits, __, ___, step) => splits.map((instant) => timeLabel(instant, step, wishes.interval)),
      },
      {
        font,
        stroke: colour("--ink-3"),
        grid: { stroke: colour("--line"), width: 1 },
        ticks: { show: false },
        border: { show: false },
        size: 44,
        gap: 8,
        space: 44,
        incrs: WHOLE_STEPS,
        values: (_, splits) => splits.map((value) => compact.format(value)),
      },
    ],
    series: [
      {},
      bars
        ? { fill: colour("--accent-fill"), points: { show: false }, ...(barPaths ? { paths: barPaths } : {}) }
        : {
            stroke: colour("--accent-fill"),
            width: 2,
            fill: (plot) => fading(plot, colour("--accent-fill")),
            points: { show: false },
          },
      // The bucket that is still filling, hatched because its number is not final.
      {
        fill: () => hatched(colour("--accent-fill")),
        points: { show: false },
        ...(barPaths ? { paths: barPaths } : {}),
      },
      { stroke: colour("--ink-3"), width: 1.5, dash: [4, 4], points: { show: false } },
    ],
    cursor: {
      y: false,
      points: { show: !bars, size: 8, fill: colour("--accent"), stroke: colour("--surface"), width: 2 },
      // The line stands on the bucket that the tooltip is about.
      move: (plot, left, top) => [left < 0 ? left : plot.valToPos(plot.data[0][plot.posToIdx(left)] ?? 0, "x"), top],
      drag: { x: true, y: false, setScale: false, dist: 12 },
    },
    hooks: {
      setCursor: [
        (plot) =>
          wishes.onHover(plot.cursor.left === undefined || plot.cursor.left < 0 ? null : (plot.cursor.idx ?? null)),
      ],
      setSelect: [
        (plot) => {
          if (plot.select.width === 0) return;
          const from = plot.posToVal(plot.select.left, "x");
          const to = plot.posToVal(plot.select.left + plot.select.width, "x");
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          wishes.onSelect(from, to);
        },
      ],
      draw: [wishes.onDraw],
    },
  };
}

function timeLabel(instant: number, step: number, interval: Interval): string {
  if (interval === "day") return (step >= 28 * DAY ? monthUtc : dayUtc).format(instant);
  if (step >= DAY) return day.format(instant);
  const isMidnight = new Date(instant).getHours() === 0 && new Date(instant).getMinutes() === 0;
  return isMidnight && step >= HOUR ? day.format(instant) : clock.format(instant);
}

function themeColours(): (token: string) => string {
  const style = getComputedStyle(document.documentElement);
  return (token) => style.getPropertyValue(token).trim();
}

function fading(plot: uPlot, colour: string): CanvasGradient {
  const { top, height } = plot.bbox;
  const gradient = plot.ctx.createLinearGradient(0, top, 0, top + Math.max(1, height));
  gradient.addColorStop(0, `${colour}55`);
  gradient.addColorStop(1, `${colour}05`);
  return gradient;
}

/** A tile of diagonal stripes, in device pixels like the canvas itself. */
function hatched(colour: string): CanvasPattern | string {
  const side = Math.round(6 * devicePixelRatio);
  const tile = document.createElement("canvas");
  tile.width = side;
  tile.height = side;
  const pen = tile.getContext("2d");
  if (!pen) return colour;
  pen.fillStyle = `${colour}4d`;
  pen.fillRect(0, 0, side, side);
  pen.strokeStyle = colour;
  pen.lineWidth = side / 3;
  pen.beginPath();
  for (const shift of [-side, 0, side]) {
    pen.moveTo(shift - 1, side + 1);
    pen.lineTo(shift + side + 1, -1);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat") ?? colour;
}
