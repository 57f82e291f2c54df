import { Field } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { count } from "./vector";

/** Of a copy, only that it happened is noticed. */
export function watchCopies(): void {
  listen(document, "copy", () => count(Field.copies));
}
