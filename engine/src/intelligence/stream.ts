import type { Reply } from "../delivery/post";
import { backoffMs } from "../delivery/retry";
import { inTurn } from "../host/inTurn";
import { isolated } from "../host/isolated";
import { listen } from "../host/listen";
import { addressOf, key } from "../host/server";
import { anyoneListensTo, tell } from "../host/subscribers";
import { visitor } from "../identity/visitor";
import type { Intelligence } from "../publicApi";

export const SCORES = "intelligence";

/** Where the visitor's scores stream; none while the server has given no token for them. */
let address: string | undefined;
let turn: AbortController | undefined;
let tabs: BroadcastChannel;
/** Ends the stream, where this tab has it, and with it the tab's turn. */
let endStream: (() => void) | undefined;
let failures = 0;
let notBefore = 0;
/** When the newest scores that were told had been computed. */
let newest = "";

/** What an ingest reply brings: scores, and a signed proof that this browser may read those to come. */
export function receive(ofVisitor: string | undefined, { token, intelligence }: Reply): void {
  if (ofVisitor !== visitor) return;
  if (intelligence) hear(intelligence);
  if (!token || Date.now() < notBefore) return;
  address = addressOf(`${SCORES}/stream?key=${key}&visitor=${visitor}&token=${token}`);
  updateStream();
}

/** Scores come with ingest replies, by the stream, and from the tab that has the stream; each is told once. */
const hear = isolated((scores: Intelligence) => {
  if (scores.computed_at <= newest) return;
  newest = scores.computed_at;
  tell(SCORES, scores);
});

/** While somebody listens, the page is visible, and there is a token, one tab of this browser has the stream. */
export function updateStream(): void {
  if (!address || document.hidden || !anyoneListensTo(SCORES)) {
    closeStream();
    return;
  }
  if (turn) return;
  turn = new AbortController();
  tabs = new BroadcastChannel(key + visitor);
  tabs.onmessage = ({ data }) => hear(data);
  inTurn(tabs.name, openStream, turn.signal);
}

const openStream = () =>
  new Promise<void>((resolve) => {
    const source = new EventSource(address as string);
    endStream = () => {
      source.close();
      resolve();
    };
    listen<MessageEvent<string>>(
      SCORES,
      ({ data }) => {
        const scores: Intelligence = JSON.parse(data);
        tabs.postMessage(scores);
        hear(scores);
      },
      source,
    );
    source.onopen = () => {
      failures = 0;
    };
    // The browser would try again every few seconds for ever. Scores only change after events have been sent, and the
    // replies to those bring a fresh token: that is the time to try again.
    source.onerror = () => {
      forgetToken();
      notBefore = Date.now() + backoffMs(++failures);
    };
  });

export function closeStream(): void {
  if (!turn) return;
  turn.abort();
  tabs.close();
  endStream?.();
  turn = undefined;
}

export function forgetToken(): void {
  address = undefined;
  closeStream();
}
