import type { Consent, EngineOptions } from "../publicApi";
import { device, get, local, names, openStorage, put, remove, session } from "./storage";

const DECISION = "consent";

/** What the person decided on this page, should the browser refuse to store it. */
let decided: Consent | undefined;

/**
 * What may be collected now. Global Privacy Control is a person's standing instruction to every site, and no call of
 * the page overrides it; nor Do Not Track, where the site honours it. Otherwise the person's decision counts, and
 * until there is one, the site's setting.
 */
export function currentConsent({ consent = "on", dnt }: EngineOptions): Consent {
  const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean };
  if (globalPrivacyControl || ((dnt || dnt === "") && doNotTrack === "1")) return "off";
  return (get(device, DECISION) as Consent | undefined) ?? decided ?? consent;
}

/** Leaves nothing of ours on the device but the decision. */
export function forgetAll(): void {
  openStorage(true);
  for (const store of [local, session]) for (const name of names(store)) if (name !== DECISION) remove(store, name);
}

/** A decision that is the site's setting anyway need not be stored. */
export function decide(decision: "on" | "off", { consent = "on" }: EngineOptions): void {
  decided = decision;
  if (decision === consent) remove(device, DECISION);
  else put(device, DECISION, decision);
}
