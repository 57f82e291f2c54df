import type { Intent } from "../../src/publicApi";
import { html, type Markup } from "../html";
import { percent } from "./words";

const CLASSES: Record<string, string> = {
  convert: "will buy",
  leave: "is about to leave",
  struggle: "struggles",
  browse: "just looks around",
};

/** What this browser itself makes of the visitor, without asking anybody. */
export function intentBars({ probabilities, trained }: Intent): Markup {
  const rows = Object.entries(CLASSES).map(([name, words]) => ({ words, value: probabilities[name] }));
  return html`<h3>Guessed on this device</h3>
    <dl>${rows.map(
      ({
        words,
        value,
      }) => html`<div><dt>${words}</dt><dd><meter min="0" max="1" value="${(value ?? 0).toFixed(3)}"></meter>
        <span>${value === undefined ? "–" : percent(value)}</span></dd></div>`,
    )}</dl>
    <p>${trained ? "by a model of this shop's own visits" : "by a rule of thumb, until there is a model of this shop"}</p>`;
}
