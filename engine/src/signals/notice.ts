import type { Field } from "../generated/vectorFields";
import type { Properties } from "../publicApi";
import { record } from "../record";
import { count, readVector } from "./vector";

/** Records what a signal saw, with the vector of that moment, in which `field` counts it. */
export function notice(name: string, field?: Field, properties?: Properties): void {
  if (field !== undefined) count(field);
  record("track", name, properties, readVector());
}
