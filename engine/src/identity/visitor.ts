import { get, local, put, remove } from "./storage";
import { uuid7 } from "./uuid7";

/** This browser: an id of its own making. */
export let visitor: string;
/** Who the page says that is. */
export let user: string | undefined;

export function openVisitor(): void {
  visitor = get(local, "visitor") ?? uuid7();
  user = get(local, "user");
  put(local, "visitor", visitor);
}

export function identify(newUser: string): void {
  user = newUser;
  put(local, "user", newUser);
}

export function forgetVisitor(): void {
  remove(local, "visitor");
  remove(local, "user");
}
