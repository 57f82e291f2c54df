import { backoffMs } from "../delivery/retry";
import { isolated } from "../host/isolated";
import { anyoneListensTo, tell } from "../host/subscribers";
import { visitor } from "../identity/visitor";

let url: string;
let key: string;
let token: string | undefined;
let source: EventSource | undefined;
let failures = 0;
let notBefore = 0;

export function startIntelligence(api: string, writeKey: string): void {
  url = `${api}/v1/intelligence/stream`;
  key = writeKey;
}

/** An ingest reply brought a signed proof that this browser may read its visitor's scores. */
export function receiveToken(ofVisitor: string | undefined, newToken: string): void {
  if (ofVisitor !== visitor || Date.now() < notBefore) return;
  token = newToken;
  updateStream();
}

/** The stream is open while somebody listens, the page is visible, and there is a token. */
export function updateStream(): void {
  if (!token || document.hidden || !anyoneListensTo("intelligence")) {
    closeStream();
    return;
  }
  if (source) return;
  source = new EventSource(`${url}?${new URLSearchParams({ visitor: visitor as string, token, key })}`);
  source.addEventListener(
    "intelligence",
    isolated((event: MessageEvent<string>) => tell("intelligence", JSON.parse(event.data))),
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
}

export function closeStream(): void {
  source?.close();
  source = undefined;
}

export function forgetToken(): void {
  token = undefined;
  closeStream();
}
