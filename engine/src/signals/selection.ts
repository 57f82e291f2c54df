import { Field } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { notice } from "./notice";
import { onPage } from "./vector";

/** A selection that has not changed for so long is made. */
const SETTLED_MS = 700;

/** How many characters of the page are selected; nothing is read of what is selected in a field. */
function selectedChars(): number {
  return document.activeElement?.matches("input,textarea") ? 0 : String(getSelection()).length;
}

/** Of a copy, only that it happened is noticed, and how long the copied text of the page is. */
export function watchCopies(name: string): void {
  listen("copy", () => notice(name, Field.copies, { chars: selectedChars() }));
}

/** Of a selection, only how long it is. */
export function watchSelection(name: string): void {
  let timer: ReturnType<typeof setTimeout>;
  onPage(() => clearTimeout(timer));
  listen("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const chars = selectedChars();
      if (chars) notice(name, Field.selections, { chars });
    }, SETTLED_MS);
  });
}
