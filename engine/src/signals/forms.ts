import { Field } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { now } from "../host/now";
import { pathOf } from "./describeElement";
import { notice } from "./notice";
import { count } from "./vector";

/** More fields than this are not told of one by one. */
const FIELDS_TOLD = 20;

/** How a field was filled in; never with what. */
interface Filled {
  path: string;
  hesitation_ms: number;
  corrections: number;
}

/** The forms that somebody has begun to fill in, with their fields. Fields outside of any form are one of their own. */
const begun = new Map<Element, Map<Element, Filled>>();
let event: string;

/** Tells of a form that is over. */
function end(what: string, form: Element, counted: Field): void {
  const fields = [...(begun.get(form)?.values() ?? [])].slice(0, FIELDS_TOLD);
  begun.delete(form);
  notice(event + what, counted, { form: pathOf(form), fields });
}

/** The page view ends: whoever has begun a form and not sent it has given it up. */
export function abandonForms(): void {
  begun.delete(document.body);
  for (const form of begun.keys()) end("_abandon", form, Field.form_abandons);
}

export function watchForms(name: string): void {
  let focusedAt = 0;
  let field: Filled | undefined;
  event = name;
  listen("focusin focusout", () => {
    focusedAt = now();
    field = undefined;
  });
  listen<InputEvent>("input", ({ target, inputType }) => {
    const at = target as Element;
    const form = at.closest("form") ?? document.body;
    let fields = begun.get(form);
    if (!fields) {
      fields = new Map();
      begun.set(form, fields);
      notice(`${name}_start`, undefined, { form: pathOf(form) });
    }
    const known = fields.get(at);
    const filled = known ?? { path: pathOf(at), hesitation_ms: 0, corrections: 0 };
    if (!known) {
      fields.set(at, filled);
      count(Field.form_fields);
    }
    // Deleted, or changed once more after it had been left.
    if (/^delete/.test(inputType) || (known && field !== known)) {
      filled.corrections++;
      count(Field.form_corrections);
    }
    if (field === filled) return;
    field = filled;
    const hesitation = Math.round(now() - focusedAt);
    filled.hesitation_ms += hesitation;
    count(Field.form_hesitation_ms, hesitation);
  });
  listen("submit", ({ target }) => end("_submit", target as Element, Field.form_submits));
}
