import { Field } from "../generated/vectorFields";
import { listen } from "../host/listen";
import { notice } from "./notice";

/** One page may throw without end; what is new about it is said by then. */
const ERRORS_A_PAGE = 10;
const MESSAGE_CHARACTERS = 200;

/** What a message may quote: texts, addresses, long numbers, the parameters of a URL. */
const QUOTED = /(["'`]).*?\1|\S+@\S+|\d{4,}|[?#]\S+/g;

/** Records errors that nobody caught and rejections that nobody handled, each once, up to a number. */
export function watchErrors(name: string): void {
  const told = new Set<string>();
  listen<ErrorEvent & PromiseRejectionEvent>("error unhandledrejection", (event) => {
    const { type, reason, message = String(reason), filename = "", lineno: line, colno: column } = event;
    const error = {
      kind: type,
      message: message.replace(QUOTED, "*").slice(0, MESSAGE_CHARACTERS),
      file: filename.replace(/[?#].*/, ""),
      line,
      column,
    };
    const known = JSON.stringify(error);
    // An image or a script that does not load is told by an event without a message, and is no error of the page's.
    if (event.target !== window || told.has(known) || told.size >= ERRORS_A_PAGE) return;
    told.add(known);
    notice(name, Field.errors, error);
  });
}
