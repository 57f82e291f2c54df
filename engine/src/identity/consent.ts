import { get, local, names, put, remove, session } from "./storage";

const OPTED_OUT = "optout";

/** An opt-out that the browser refused to store. */
let out = false;

/**
 * Whether anything may be collected. Global Privacy Control is a person's standing instruction to every site and
 * no call of the page overrides it; without it, collection goes on until the page opts out.
 */
export function mayCollect(): boolean {
  return !(navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl && !out && !get(local, OPTED_OUT);
}

/** Leaves nothing of ours on the device but the word that nothing is to be collected. */
export function forgetAll(): void {
  for (const store of [local, session]) {
    for (const name of names(store)) if (name !== OPTED_OUT) remove(store, name);
  }
}

export function rememberOptOut(optedOut: boolean): void {
  if (optedOut) put(local, OPTED_OUT, "1");
  else remove(local, OPTED_OUT);
  out = optedOut && !get(local, OPTED_OUT);
}
