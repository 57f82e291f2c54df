import { cartLines } from "../cart";
import { html } from "../html";
import { trackCheckout } from "../track";
import { cart, sums } from "./cart";
import type { Page } from "./page";

export function checkout(): Page {
  if (!cartLines().length) return cart();
  return {
    title: "Check out · Fernleaf",
    body: html`<header class="page-head"><h1>Check out</h1>
        <p class="lead">A demo: nothing is charged, nothing is sent, and what you type stays in this page.</p></header>
      <div class="two-columns">
        <form class="checkout" id="checkout" data-form="order" autocomplete="off">
          <fieldset><legend>Where to</legend>
            ${field("name", "Name", "Ada Nakamura")}${field("email", "E-mail", "ada@example.org", "email")}
            ${field("street", "Street and number", "Teahouse Lane 4")}
            <div class="field-row">${field("postcode", "Postcode", "1017")}${field("city", "City", "Amsterdam")}</div>
          </fieldset>
          <fieldset><legend>How to pay</legend>
            ${field("card", "Card number", "any digits will do")}
            <div class="field-row">${field("expiry", "Good until", "12 / 29")}${field("code", "Code", "123")}</div>
          </fieldset>
          <label class="check"><input type="checkbox" id="gift" name="gift"> <span>It is a gift: no prices in the parcel</span></label>
          <button class="button wide" type="submit">Place the order</button>
        </form>
        <aside class="summary">
          <ul class="summary-lines">${cartLines().map(
            ({ product, quantity }) => html`<li><span>${quantity} × ${product.name}</span></li>`,
          )}</ul>${sums()}</aside>
      </div>`,
    arrive: trackCheckout,
  };
}

function field(name: string, label: string, example: string, type = "text") {
  return html`<label class="field"><span>${label}</span>
    <input id="${name}" name="${name}" type="${type}" placeholder="${example}"></label>`;
}
