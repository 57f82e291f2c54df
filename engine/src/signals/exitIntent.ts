import { Field } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { notice } from "./notice";
import { onPage } from "./vector";

/** Records, once a page view, that the mouse leaves through the top edge: to the tabs, the address or the close button. */
export function watchExitIntent(name: string): void {
  let told: boolean;
  onPage(() => {
    told = false;
  });
  listen<MouseEvent>("mouseout", ({ relatedTarget, clientY }) => {
    if (relatedTarget || clientY > 0 || told) return;
    told = true;
    notice(name, Field.exit_intents);
  });
}
