import type { SegmentSize } from "../api/segments";
import { exactCount } from "../format";
import { sizeLineOf } from "../size-line";

const WIDTH = 120;
const HEIGHT = 32;

/** How many are in a segment today, and a small line of how many there were. */
export function SizeTrend({ size }: { size: SegmentSize }) {
  const { path, words, now } = sizeLineOf(size, WIDTH, HEIGHT, 2);
  return (
    <>
      {path && (
        <svg
          width={WIDTH}
          height={HEIGHT}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={`Visitors ${words}`}
        >
          <title>{words}</title>
          <path d={path} />
        </svg>
      )}
      <span>
        <b class="number">{exactCount(now)}</b> {now === 1 ? "visitor" : "visitors"}
      </span>
    </>
  );
}
