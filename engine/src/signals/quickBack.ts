import { Field } from "../generated/vectorFields";
import { countQuickBack, currentVisit } from "../identity/visit";
import { notice } from "./notice";
import { addShare } from "./vector";

/** Who goes back sooner has not read the page: it was not what the way to it promised. */
const QUICK_BACK_MS = 5000;

let event: string | undefined;

export function watchQuickBacks(name: string): void {
  event = name;
  addShare((vector) => {
    vector[Field.visit_quick_backs] = currentVisit().backs;
  });
}

/** The visitor is back, after so many milliseconds on another page. */
export function cameBack(away_ms: number): void {
  if (!event || away_ms > QUICK_BACK_MS) return;
  countQuickBack();
  notice(event, undefined, { away_ms });
}
