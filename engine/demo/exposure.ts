import type { Intelligence } from "../src/publicApi";
import { gooddata } from "./track";

// What this page did because of what is predicted, and what the visitor made of it, told as events: each is counted
// once a visit. Visitors who are held out are shown nothing, and are counted at the moment at which they would have been.

export type Variant = "shown" | "holdout";

const STORED = "fernleaf.exposed";

const known = new Promise<boolean>((resolve) => {
  gooddata("on", "intelligence", ({ holdout }: Intelligence) => resolve(holdout));
});

/** Whether this visitor is held out; it is known with the first message of the server. */
export function heldOut(): Promise<boolean> {
  return known;
}

function exposed(): string[] {
  return JSON.parse(sessionStorage.getItem(STORED) ?? "[]");
}

export function wasExposed(intervention: string): boolean {
  return exposed().includes(intervention);
}

/** Counts it once a visit; where it is about an `item`, once for each. */
export function expose(intervention: string, variant: Variant, item?: string): void {
  const counted = item === undefined ? intervention : `${intervention} ${item}`;
  if (wasExposed(counted)) return;
  sessionStorage.setItem(STORED, JSON.stringify([...exposed(), counted]));
  gooddata("track", "$exposure", { intervention, variant, ...(item !== undefined && { item }) });
}

export function tookUp(intervention: string, item?: string): void {
  gooddata("track", "$exposure_click", { intervention, ...(item !== undefined && { item }) });
}

export function declined(intervention: string): void {
  gooddata("track", "$exposure_dismiss", { intervention });
}
