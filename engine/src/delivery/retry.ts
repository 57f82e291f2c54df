const BACKOFF_FIRST_MS = 1000;
/** Short enough that a visitor who is still there when the server is back is heard. */
const BACKOFF_MOST_MS = 60_000;

/** Whether the same batch may be taken another time. A status of 0 stands for no answer at all. */
export function isTemporary(status: number): boolean {
  return !status || status === 429 || status >= 500;
}

/** Milliseconds to wait after the n-th failure in a row: doubling, and spread so that browsers do not return as one. */
export function backoffMs(failures: number, random: number = Math.random()): number {
  return Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** (failures - 1)) * (0.5 + random / 2);
}
