/** Changes: the one way in which the dashboard asks for any. */

import { ApiError, address, CHANGES, errorIn, type Params } from "./request";

/** Asks for a change. It is not given up when the page goes: what has begun on the server ends there. */
export async function send<Answer>(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  params: Params,
  body: unknown,
): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(address(path, params), {
      method,
      headers: {
        ...CHANGES,
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, "The server cannot be reached.");
  }
  if (!response.ok) throw await errorIn(response);
  return (response.status === 204 ? null : await response.json()) as Answer;
}
