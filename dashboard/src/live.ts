/**
 * The live stream of one project: an EventSource that is closed while the tab is hidden and comes back by itself.
 *
 * EventSource reconnects after a broken connection, but gives up for good after an answer that is not 200. So that a
 * restarting server or proxy is survived too, a closed stream is opened again here, after 1, 2, 4 ... 30 seconds.
 */

import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { api, liveStreamUrl } from "./api";
import { signedOut } from "./api/request";
import type { LiveView } from "./api/sessions";
import { tabVisible } from "./clock";

export type Connection = "connecting" | "live" | "reconnecting" | "paused";

export interface Live {
  view: ReadonlySignal<LiveView | null>;
  connection: ReadonlySignal<Connection>;
  /** Grows with every message: charts ask for their newest figures when it does. */
  beat: ReadonlySignal<number>;
  close: () => void;
}

/** The stream is silent while nothing happens, yet "visitors in the last 5 minutes" goes down: then it is asked for. */
const SILENCE_MS = 15_000;
const LONGEST_RETRY_MS = 30_000;

export function followLive(project: string): Live {
  const view = signal<LiveView | null>(null);
  const connection = signal<Connection>("connecting");
  const beat = signal(0);
  let source: EventSource | null = null;
  let failures = 0;
  let retry: number | undefined;
  let lastHeard = 0;

  function open(): void {
    window.clearTimeout(retry);
    source = new EventSource(liveStreamUrl(project));
    source.addEventListener("open", () => {
      failures = 0;
      connection.value = "live";
    });
    source.addEventListener("live", (message) => {
      view.value = JSON.parse((message as MessageEvent<string>).data) as LiveView;
      connection.value = "live";
      lastHeard = Date.now();
      beat.value += 1;
    });
    source.addEventListener("error", () => {
      connection.value = "reconnecting";
      if (source?.readyState !== EventSource.CLOSED) return;
      const pause = Math.min(LONGEST_RETRY_MS, 1000 * 2 ** failures);
      failures += 1;
      retry = window.setTimeout(reopen, pause);
    });
  }

  function reopen(): void {
    shut();
    // An EventSource does not tell which status it was refused with; this question does, and shows the sign-in card on 401.
    api.live(project).then(
      (answer) => {
        view.value = answer;
        if (tabVisible.value) open();
      },
      () => {
        if (signedOut.value || !tabVisible.value) return;
        retry = window.setTimeout(reopen, Math.min(LONGEST_RETRY_MS, 1000 * 2 ** failures));
        failures += 1;
      },
    );
  }

  function shut(): void {
    window.clearTimeout(retry);
    source?.close();
    source = null;
  }

  const askWhenSilent = window.setInterval(() => {
    if (!tabVisible.value || Date.now() - lastHeard < SILENCE_MS) return;
    api.live(project).then(
      (answer) => {
        view.value = answer;
      },
      () => {
        if (connection.value === "live") connection.value = "reconnecting";
      },
    );
  }, SILENCE_MS);

  const stopWatchingTab = effect(() => {
    if (tabVisible.value) {
      connection.value = "connecting";
      open();
    } else {
      shut();
      connection.value = "paused";
    }
  });

  return {
    view,
    connection,
    beat,
    close() {
      stopWatchingTab();
      window.clearInterval(askWhenSilent);
      shut();
    },
  };
}
