/** A longer pause ends a movement: the events of one gesture come at least every few frames. */
const MOTION_GAP_MS = 150;
/** A frame of a fast screen. Events that come closer together were held back, and moved over the time before. */
const FRAME_MS = 8;

/** How far something moved in all, how far and for how long within gestures, and when it last did. */
export interface Motion {
  px: number;
  gesturePx: number;
  gestureMs: number;
  at: number;
}

export function still(): Motion {
  return { px: 0, gesturePx: 0, gestureMs: 0, at: -1e9 };
}

export function move(motion: Motion, px: number, at: number): void {
  const pause = at - motion.at;
  motion.at = at;
  motion.px += px;
  if (pause > MOTION_GAP_MS) return;
  motion.gesturePx += px;
  motion.gestureMs += Math.max(pause, FRAME_MS);
}

/** Mean pixels per second while moving; 0 where no two events were close enough to tell. */
export function speed({ gesturePx, gestureMs }: Motion): number {
  return gestureMs && (gesturePx / gestureMs) * 1000;
}
