/** Events that travel together: of one visitor and one context, which is sent once for all of them. */
export interface Batch {
  /** The visitor's id; none where there is none. */
  owner: string | undefined;
  /** The shared context, as JSON. */
  context: string;
  /** Each event, as JSON. What the page passed in may change afterwards; what is sent does not. */
  events: string[];
  /** In characters of JSON. */
  weight: number;
  /** Once sent or kept, a batch takes no more events: it is sent again as it was. */
  sealed?: boolean;
  underWay?: boolean;
  /** How many events, given up before, this batch reports. */
  dropped?: number;
}

/** The server takes 1,000 events; 20 keep a request small enough to be through before the next click. */
export const BATCH_EVENTS = 20;
/** Half of what a browser lets all keepalive requests of a page carry. */
export const BATCH_SIZE = 32_000;
/** What a browser keeps while it cannot send: some 500 events. */
export const OUTBOX_SIZE = 256_000;

/** The queue: batches in the order of their events, bounded, the oldest given up first. */
export let outbox: Batch[] = [];

/** Events given up that no batch reports yet. */
let unreported = 0;

export function add(owner: string | undefined, context: string, event: string): void {
  let last = outbox[outbox.length - 1];
  if (
    !last ||
    last.owner !== owner ||
    last.context !== context ||
    last.sealed ||
    last.events.length >= BATCH_EVENTS ||
    last.weight + event.length > BATCH_SIZE
  ) {
    last = { owner, context, events: [], weight: context.length };
    outbox.push(last);
  }
  last.events.push(event);
  last.weight += event.length;
  trim();
}

/** Puts batches of earlier pages first: they are older. */
export function addOlder(older: Batch[]): void {
  outbox = [...older, ...outbox];
  trim();
}

function trim(): void {
  let size = outbox.reduce((sum, batch) => sum + batch.weight, 0);
  for (const batch of outbox.slice(0, -1)) {
    if (size > OUTBOX_SIZE && !batch.underWay) {
      size -= batch.weight;
      drop(batch);
    }
  }
}

export function replace(batch: Batch, ...by: Batch[]): void {
  outbox = outbox.flatMap((other) => (other === batch ? by : other));
}

/** Takes out a batch that the server will never take, and counts what it held. */
export function drop(batch: Batch): void {
  unreported += batch.events.length + (batch.dropped ?? 0);
  replace(batch);
}

/** Makes this batch the one that reports what was given up. */
export function reportDropped(batch: Batch): number {
  batch.dropped = (batch.dropped ?? 0) + unreported;
  unreported = 0;
  return batch.dropped;
}

/** Puts two halves in the place of a batch that is too large; an event that is too large alone is dropped. */
export function split(batch: Batch): void {
  const { events, weight } = batch;
  const middle = events.length >> 1;
  const half = (start: number, end?: number) => ({ ...batch, weight: weight / 2, events: events.slice(start, end) });
  if (middle) replace(batch, half(0, middle), { ...half(middle), dropped: 0 });
  else drop(batch);
}

export function emptyOutbox(): void {
  outbox = [];
}
