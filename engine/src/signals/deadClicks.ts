import { Field } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { CONTROL, describeElement } from "./describeElement";
import { notice } from "./notice";
import { onPersonClick } from "./personClicks";

/** Who has not seen anything happen after this long takes it that nothing will. */
const ANSWER_MS = 2500;

/** What the browser itself answers, or what may answer elsewhere: in another window, in another program. */
const ANSWERS_ITSELF =
  "input:not([type=button],[type=submit]),select,textarea,summary,video,audio,[contenteditable],[target],[download]," +
  "[href^=mailto],[href^=tel]";

/** Records a click on something that looks clickable, after which nothing on the page changes, moves or opens. */
export function watchDeadClicks(name: string): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const observer = new MutationObserver(answered);

  function answered(): void {
    clearTimeout(timer);
    observer.disconnect();
  }

  onPersonClick((target) => {
    answered();
    if (target.closest(ANSWERS_ITSELF)) return;
    if (!target.closest(CONTROL) && getComputedStyle(target).cursor !== "pointer") return;
    const described = describeElement(target);
    timer = setTimeout(() => {
      answered();
      notice(name, Field.dead_clicks, described);
    }, ANSWER_MS);
    for (const root of [document, target.getRootNode()]) {
      observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
    }
  });
  listen("scroll focusin input visibilitychange play pause blur pagehide", answered);
  listen("selectionchange", () => {
    if (!getSelection()?.isCollapsed) answered();
  });
}
