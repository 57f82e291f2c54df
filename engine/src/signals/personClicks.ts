import { listen } from "../host/listen";

/** Calls `fn` with each element that a person clicked; a click on a label is one on its control, which follows it. */
export function onPersonClick(fn: (target: Element, event: MouseEvent) => void): void {
  listen<MouseEvent>("click", (event) => {
    const target = event.composedPath()[0] as Element;
    const control = target.closest?.("label")?.control;
    if (event.isTrusted && (!control || control.contains(target))) fn(target, event);
  });
}
