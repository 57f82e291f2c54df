import { Field } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { record } from "../record";
import { describeElement } from "./describeElement";
import { count, readVector } from "./vector";

/** Records each click that a person made. */
export function watchClicks(): void {
  listen<MouseEvent>(document, "click", (event) => {
    const target = event.composedPath()[0] as Element;
    // A click on a label is followed by one on its control, which is the one that counts.
    const control = target.closest?.("label")?.control;
    if (!event.isTrusted || (control && !control.contains(target))) return;
    count(Field.clicks);
    record("track", "$click", describeElement(target), readVector());
  });
}
