import { get, local, put, remove } from "./storage";
import { uuid7 } from "./uuid7";

/** This browser: an id of its own making; none where nothing may be stored. */
export let visitor: string | undefined;
/** Who the page says that is. */
export let user: string | undefined;

export function openVisitor(onDevice: boolean): void {
  user = get(local, "user");
  visitor = onDevice ? (get(local, "visitor") ?? uuid7()) : undefined;
  if (visitor) put(local, "visitor", visitor);
}

export function identify(newUser: string): void {
  user = newUser;
  put(local, "user", newUser);
}

export function forgetVisitor(): void {
  remove(local, "visitor");
  remove(local, "user");
}
