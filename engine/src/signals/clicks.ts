import { listen } from "../host/listen";

/** Tells of each click that a person made. */
export function watchClicks(onClick: (target: Element) => void): void {
  listen<MouseEvent>(document, "click", (event) => {
    const target = event.composedPath()[0] as Element;
    // A click on a label is followed by one on its control, which is the one that counts.
    const control = target.closest?.("label")?.control;
    if (event.isTrusted && (!control || control.contains(target))) onClick(target);
  });
}
