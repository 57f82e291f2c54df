/** Why events were refused or dropped, as people say it. */
const WORDS: Record<string, string> = {
  tracking_plan: "not as the tracking plan says",
  missing_type: "no type",
  missing_id: "no id",
  missing_visitor: "no visitor",
  missing_name: "no name",
  invalid_timestamp: "no usable time",
  invalid_type: "unknown type",
  wrong_kind: "a value of the wrong kind",
  not_an_object: "no JSON object",
  not_json: "no JSON",
  unreadable_text: "text that cannot be stored",
  text_too_long: "a text that is too long",
  event_too_large: "too large",
  vector_too_long: "a vector that is too long",
  erased: "somebody who is erased",
};

export function inWords(reason: string): string {
  return WORDS[reason] ?? reason.replaceAll("_", " ");
}
