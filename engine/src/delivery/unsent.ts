import { inTurn } from "../host/inTurn";
import { pause } from "../host/pause";
import { key } from "../host/server";
import { get, local, names, put, remove } from "../identity/storage";
import { uuid7 } from "../identity/uuid7";
import { addOlder, type Batch, replace } from "./outbox";

/** A page that has not renewed its entry for this long is gone: longer than the longest backoff and its request. */
const ABANDONED_MS = 120_000;

/** Pages of other processes hear of what is removed from storage a little later. */
const SETTLED_MS = 500;

let prefix: string;
let own: string;
let kept: Batch[] = [];

/** Each page keeps what it could not send in an entry of its own, until it is sent or another page takes it over. */
export function openUnsent(): void {
  prefix = `unsent.${key}.`;
  own = prefix + uuid7();
}

/** Keeps these batches and no others. A page that is `dying` leaves them to the next. */
export function keep(batches: Batch[], dying: boolean | undefined): void {
  for (const batch of batches) batch.sealed = true;
  if (batches.length) put(local, own, JSON.stringify([dying ? 0 : Date.now(), batches]));
  else if (kept.length) remove(local, own);
  kept = get(local, own) ? [...batches] : [];
}

/** Lets go of what another page took over while this one slept: that page sends it. */
export function dropTakenOver(): void {
  if (!kept.length || get(local, own)) return;
  for (const batch of kept) replace(batch);
  kept = [];
}

/** Takes over what pages that are gone have left; one page at a time, so that no two take the same. */
export function takeAbandoned(taken: () => void): void {
  // A page that waits for its turn cannot go into the back/forward cache.
  if (!names(local, prefix)[0]) return;
  inTurn(prefix, () => {
    for (const name of names(local, prefix)) {
      const [at, batches] = JSON.parse(get(local, name) as string) as [number, Batch[]];
      if (name === own || Date.now() - at < ABANDONED_MS) continue;
      remove(local, name);
      addOlder(batches.map((batch) => ({ ...batch, underWay: false })));
    }
    taken();
    return pause(SETTLED_MS);
  });
}
