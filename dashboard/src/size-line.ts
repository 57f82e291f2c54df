/** The size of a segment by day as a small line: where its points stand, and how it is said. */

import type { SegmentSize } from "./api/segments";
import { bucketName, exactCount, plural } from "./format";

export interface SizeLine {
  /** Of an SVG path; empty of fewer than two days. */
  path: string;
  words: string;
  now: number;
}

/** From the greatest at the top to zero at the bottom, `edge` away from all sides. */
export function sizeLineOf(
  { t, visitors, partial }: SegmentSize,
  width: number,
  height: number,
  edge: number,
): SizeLine {
  const most = Math.max(1, ...visitors);
  const step = visitors.length > 1 ? (width - 2 * edge) / (visitors.length - 1) : 0;
  const points = visitors.map((size, day) => {
    const x = edge + day * step;
    const y = height - edge - (size / most) * (height - 2 * edge);
    return `${round(x)} ${round(y)}`;
  });
  const now = visitors.at(-1) ?? 0;
  const first = t[0];
  const words =
    first === undefined
      ? "not known"
      : `from ${exactCount(visitors[0] ?? 0)} on ${bucketName(first, "day", t.at(-1) ?? first)} to ${exactCount(now)} today, ${exactCount(Math.max(...visitors))} at most`;
  const missing = [
    partial?.since !== undefined &&
      `what was before ${bucketName(partial.since, "day", partial.since)} is past its term`,
    partial?.behind_hours !== undefined && `${plural(partial.behind_hours, "hour")} of it are still being counted`,
  ].filter((each) => each !== false);
  return { path: points.length > 1 ? `M${points.join("L")}` : "", words: [words, ...missing].join("; "), now };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
