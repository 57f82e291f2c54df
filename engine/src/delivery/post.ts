import { pause } from "../host/pause";
import { ask } from "../host/server";
import type { Intelligence } from "../publicApi";

/** Only one request is under way while a page is seen: one that hangs must not hold up the rest for longer. */
const ANSWER_WITHIN_MS = 10_000;

/** Browsers allow 64 KiB to all keepalive requests of a page that are under way, the page's own among them. */
const KEEPALIVE_BYTES = 60_000;

export type Answer = readonly [
  /** 0 where no answer came. */
  status: number,
  /** Milliseconds for which the server asked to be left alone; 0 where it did not. */
  waitMs: number,
  reply?: Reply,
];

/** What an ingest reply holds, as far as it matters here. */
export interface Reply {
  /** A signed proof that the visitor's scores may be read. */
  token?: string;
  /** The newest scores, where they were asked for and are at hand. */
  intelligence?: Intelligence;
}

let keepaliveBytes = 0;

/** The bytes of a body whose request can outlive the page, as far as our own requests go; 0 where it cannot. */
export function bytesForKeepalive(body: string): number {
  const bytes = new Blob([body]).size;
  return "keepalive" in Request.prototype && keepaliveBytes + bytes <= KEEPALIVE_BYTES ? bytes : 0;
}

/** Posts as text/plain, which other origins may send without a preflight. Never rejects. */
export async function post(path: string, body: string): Promise<Answer> {
  const bytes = bytesForKeepalive(body);
  keepaliveBytes += bytes;
  try {
    const response = await ask(path, {
      method: "POST",
      body,
      keepalive: !!bytes,
      // A browser that has no such signal gives up when it does.
      signal: AbortSignal.timeout?.(ANSWER_WITHIN_MS) as AbortSignal,
    });
    const retryAfter = response.headers.get("Retry-After") as string;
    return [
      response.status,
      // In seconds, or a date.
      +retryAfter * 1000 || Date.parse(retryAfter) - Date.now() || 0,
      // A body that cannot be read takes nothing from the status.
      await response.json().catch(() => {}),
    ];
  } catch {
    // Where it failed because the page goes, the page has said so by the next task.
    await pause();
    return [0, 0];
  } finally {
    keepaliveBytes -= bytes;
  }
}
