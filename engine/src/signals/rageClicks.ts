import { Field } from "../generated/vectorFields";
import { describeElement } from "./describeElement";
import { notice } from "./notice";
import { onPersonClick } from "./personClicks";

/** One click more than a double click, which is often meant. */
const RAGE_CLICKS = 3;
/** Faster than anyone clicks who waits for what a click does. */
const RAGE_MS = 1000;
/** A hand that hammers stays in place, but for a shake. */
const RAGE_PX = 30;

/** Records a burst of clicks on one thing, once, as soon as it is one. Three clicks that select text are no rage. */
export function watchRageClicks(name: string): void {
  let burst: [Element, MouseEvent][] = [];
  let raging = false;
  onPersonClick((target, event) => {
    burst = burst.filter(
      ([other, { clientX, clientY, timeStamp }]) =>
        other === target &&
        event.timeStamp - timeStamp <= RAGE_MS &&
        Math.hypot(clientX - event.clientX, clientY - event.clientY) <= RAGE_PX,
    );
    burst.push([target, event]);
    const before = raging;
    raging = burst.length >= RAGE_CLICKS && !!getSelection()?.isCollapsed;
    if (raging && !before) notice(name, Field.rage_clicks, describeElement(target));
  });
}
