/** Asks our server: without cookies, and without a Referer header, since a page's address may hold anything. */
export function ask(url: string, how?: RequestInit): Promise<Response> {
  return fetch(url, { credentials: "omit", referrerPolicy: "no-referrer", ...how });
}
