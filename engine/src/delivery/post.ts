import { ask } from "../host/ask";

/** Only one request is under way while a page is seen: one that hangs must not hold up the rest for longer. */
const ANSWER_WITHIN_MS = 10_000;

/** Browsers allow 64 KiB to all keepalive requests of a page that are under way, the page's own among them. */
const KEEPALIVE_BYTES = 60_000;

export interface Answer {
  /** 0 where no answer came. */
  status: number;
  /** Seconds that the server asked for; 0 where it did not. */
  retryAfter: number;
  /** A signed proof that the visitor's scores may be read, where the answer has one. */
  token?: string;
}

let keepaliveBytes = 0;

const bytesOf = (body: string) => new Blob([body]).size;

/** Whether a request of this body can outlive the page, as far as our own requests go. */
export function fitsKeepalive(body: string): boolean {
  return "keepalive" in Request.prototype && keepaliveBytes + bytesOf(body) <= KEEPALIVE_BYTES;
}

/** Posts as text/plain, which other origins may send without a preflight. Never rejects. */
export async function post(url: string, body: string): Promise<Answer> {
  const keepalive = fitsKeepalive(body);
  const counted = keepalive ? bytesOf(body) : 0;
  keepaliveBytes += counted;
  try {
    const response = await ask(url, {
      method: "POST",
      body,
      keepalive,
      // A browser that has no such signal gives up when it does.
      signal: AbortSignal.timeout?.(ANSWER_WITHIN_MS) ?? null,
    });
    // A body that cannot be read takes nothing from the status.
    const reply = await response.json().catch(() => null);
    return {
      status: response.status,
      retryAfter: Number(response.headers.get("Retry-After")) || 0,
      token: reply?.token,
    };
  } catch {
    // Where it failed because the page goes, the page has said so by the next task.
    await new Promise((resolve) => setTimeout(resolve));
    return { status: 0, retryAfter: 0 };
  } finally {
    keepaliveBytes -= counted;
  }
}
