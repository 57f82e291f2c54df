import { isolated } from "../host/isolated";
import { listen } from "../host/listen";
import { addressOf, key } from "../host/server";
import { anyoneListensTo } from "../host/subscribers";
import { receive, SCORES } from "../intelligence/stream";
import { add, type Batch, drop, emptyOutbox, outbox, replace, reportDropped, split } from "./outbox";
import { type Answer, bytesForKeepalive, post } from "./post";
import { backoffMs, isTemporary } from "./retry";
import { dropTakenOver, keep, openUnsent, takeAbandoned } from "./unsent";

/** How long the first event of a batch waits for others. A score is to be back well within half a second. */
export const FLUSH_AGE_MS = 50;

const PATH = "batch";

let timer: ReturnType<typeof setTimeout> | undefined;
let failures = 0;
let notBefore = 0;
let serverAsked = 0;
let dying: boolean | undefined;

/** Batches go out one at a time and in order, until the server has each of them. */
export function startDelivery(): void {
  openUnsent();
  listen("online", () => {
    notBefore = serverAsked;
    flush();
  });
  listen("pageshow", () => {
    dying = undefined;
    flush();
  });
  takeAbandoned(flush);
}

export function enqueue(owner: string | undefined, context: string, event: string): void {
  add(owner, context, event);
  flushIn(FLUSH_AGE_MS);
}

function flushIn(ms: number): void {
  timer ??= setTimeout(flush, ms);
}

/** Sends the first batch, unless one is under way or the server is to be left alone for now. */
export const flush = isolated(() => {
  clearTimeout(timer);
  timer = undefined;
  dropTakenOver();
  const [batch] = outbox;
  if (!batch || outbox.some((other) => other.underWay)) return;
  const wait = notBefore - Date.now();
  if (wait > 0) flushIn(wait);
  else void send(batch, bodyOf(batch));
});

async function send(batch: Batch, body: string): Promise<void> {
  batch.sealed = batch.underWay = true;
  const answer = await post(PATH + (anyoneListensTo(SCORES) ? `?${SCORES}` : ""), body);
  batch.underWay = false;
  if (outbox.includes(batch)) settle(batch, answer);
  if (outbox.length) flushIn(FLUSH_AGE_MS);
}

function settle(batch: Batch, [status, waitMs, reply]: Answer): void {
  failures = isTemporary(status) ? failures + 1 : 0;
  if (failures) {
    serverAsked = Date.now() + waitMs;
    notBefore = Math.max(serverAsked, Date.now() + backoffMs(failures));
  } else if (status === 413) split(batch);
  else if (status >= 300) drop(batch);
  else {
    replace(batch);
    if (reply) receive(batch.owner, reply);
  }
  keep(failures ? outbox : [], dying);
}

function bodyOf(batch: Batch): string {
  const { owner, context, events } = batch;
  const dropped = reportDropped(batch);
  const shared = dropped ? `${context.slice(0, -1)},"dropped":${dropped}}` : context;
  // Whose events they are is for the server to say, where nothing may be stored here.
  const cookieless = owner ? "" : '"cookieless":true,';
  return `{${cookieless}"writeKey":"${key}","sentAt":"${new Date().toISOString()}","context":${shared},"batch":[${events}]}`;
}

/**
 * The page hides, perhaps for good: everything goes out at once. What the browser does not take on, and all of it while
 * the server cannot be reached, is kept; a page that is left leaves it to the next. What the browser has taken on is
 * then out of our hands: a page that goes hears that its requests failed, though they go on without it.
 */
export function leave(left: boolean | undefined): void {
  dying ||= left;
  const waiting = () => outbox.filter((batch) => !batch.underWay);
  const reachable = navigator.onLine && Date.now() >= serverAsked;
  for (const batch of reachable ? waiting() : []) {
    const body = bodyOf(batch);
    if (bytesForKeepalive(body)) void send(batch, body);
    else if (navigator.sendBeacon(addressOf(PATH), body)) replace(batch);
  }
  const failing = failures || !reachable;
  keep(failing ? outbox : waiting(), dying);
  if (dying && !failing) for (const batch of outbox) if (batch.underWay) replace(batch);
}

export function stopDelivery(): void {
  clearTimeout(timer);
  timer = undefined;
  emptyOutbox();
}
