/** Where the API is, while anything is collected. */
let api = "";
/** The project's write key. */
export let key: string;

export function openServer(options: { api: string; key: string }): void {
  ({ api, key } = options);
}

export function closeServer(): void {
  api = "";
}

export function isServerOpen(): boolean {
  return !!api;
}

export function addressOf(path: string): string {
  return `${api}/v1/${path}`;
}

/** Asks our server: without cookies, and without a Referer header, since a page's address may hold anything. */
export function ask(path: string, how?: RequestInit): Promise<Response> {
  return fetch(addressOf(path), { credentials: "omit", referrerPolicy: "no-referrer", ...how });
}
