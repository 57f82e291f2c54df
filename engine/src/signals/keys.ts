import { Field } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { count } from "./vector";

/** Of a key press, only that it happened is noticed. */
export function watchKeys(): void {
  listen<KeyboardEvent>("keydown", (event) => {
    if (!event.repeat) count(Field.keys);
  });
}
