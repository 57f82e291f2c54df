import { Field } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { count } from "./vector";

export function watchHides(): void {
  listen("visibilitychange", () => {
    if (document.hidden) count(Field.hides);
  });
}
