import { Field } from "../generated/vectorFields";
import { describeElement } from "./describeElement";
import { notice } from "./notice";
import { onPersonClick } from "./personClicks";

export function watchClicks(name: string): void {
  onPersonClick((target) => notice(name, Field.clicks, describeElement(target)));
}
