/**
 * Asking the server. What asks throws ApiError for an answer that is not 2xx and for a server that cannot be reached
 * (status 0).
 */

import { signal } from "@preact/signals";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code = "",
    readonly field = "",
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** A header of every change: other sites' pages cannot send it, so they change nothing with this browser's cookie. */
export const CHANGES = { "X-GoodData": "1" };

/** Whether the newest answer was 401: the page then shows how to sign in, and nothing else. */
export const signedOut = signal(false);

export type Params = Record<string, string | number | string[]>;

export interface Period {
  project: string;
  /** Epoch milliseconds. */
  from: number;
  to: number;
  /** Of sessions, as filters.ts writes them; all must hold. */
  filter?: string[];
}

export async function get<Answer>(path: string, params: Params, abort?: AbortSignal): Promise<Answer> {
  const askedSignedOut = signedOut.peek();
  let response: Response;
  try {
    response = await fetch(address(path, params), {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      ...(abort ? { signal: abort } : {}),
    });
  } catch (failure) {
    if (abort?.aborted) throw failure;
    throw new ApiError(0, "The server cannot be reached.");
  }
  if (response.status === 401) signedOut.value = true;
  // What was asked before signing out may be answered after it.
  if (response.ok && askedSignedOut) signedOut.value = false;
  if (!response.ok) throw await errorIn(response);
  return (await response.json()) as Answer;
}

export async function errorIn(response: Response): Promise<ApiError> {
  const fallback = `The server answered ${response.status}.`;
  // A proxy in front of the server may answer with HTML: then the status is all there is to say.
  const body = (await response.json().catch(() => null)) as {
    error?: { code?: string; message?: string; field?: string };
  } | null;
  return new ApiError(response.status, body?.error?.message ?? fallback, body?.error?.code, body?.error?.field);
}

export function address(path: string, params: Params): string {
  const query = new URLSearchParams(
    Object.entries(params).flatMap(([key, value]) =>
      Array.isArray(value) ? value.map((each) => [key, each]) : [[key, String(value)]],
    ),
  );
  const tail = query.toString();
  return `/api/${path}${tail ? `?${tail}` : ""}`;
}
