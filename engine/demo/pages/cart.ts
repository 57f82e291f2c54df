import { drawing } from "../art/drawing";
import { cartLines, cartTotal, hasSample } from "../cart";
import { money, PRODUCTS } from "../catalog";
import { html, type Markup } from "../html";
import { trackCart } from "../track";
import type { Page } from "./page";
import { tiles } from "./tiles";

export function cart(): Page {
  const lines = cartLines();
  return { title: "Your cart · Fernleaf", body: lines.length ? filled() : empty(), arrive: trackCart };
}

function empty(): Markup {
  return html`<header class="page-head"><h1>Your cart is empty.</h1>
      <p class="lead">Something warm, perhaps?</p></header>
    ${tiles(PRODUCTS.filter((_, place) => place % 3 === 0))}`;
}

function filled(): Markup {
  return html`<header class="page-head"><h1>Your cart</h1></header>
    <div class="two-columns">
      <ul class="lines">${cartLines().map(
        ({ product, quantity }) => html`<li class="line">
          <a class="picture small tint-${product.category}" href="/demo/product/${product.slug}">${drawing(product.id, product.name)}</a>
          <div class="line-words"><a href="/demo/product/${product.slug}">${product.name}</a><span class="unit">${product.unit}</span>
            <button type="button" class="text-button" data-remove="${product.slug}">Remove</button></div>
          <div class="stepper" role="group" aria-label="Quantity of ${product.name}">
            <button type="button" data-less="${product.slug}" aria-label="One less">−</button><output>${quantity}</output>
            <button type="button" data-more="${product.slug}" aria-label="One more">+</button></div>
          <span class="price">${money(product.price * quantity)}</span></li>`,
      )}</ul>
      <aside class="summary">${sums()}
        <a class="button wide" href="/demo/checkout">Check out</a>
        <a class="text-link" href="/demo/">Keep looking</a></aside>
    </div>`;
}

/** What the order comes to. */
export function sums(): Markup {
  return html`<dl class="sums">
    <div><dt>Goods</dt><dd>${money(cartTotal())}</dd></div>
    ${hasSample() && html`<div><dt>Sample tin of Spring Sencha</dt><dd>Free</dd></div>`}
    <div><dt>Delivery</dt><dd>Free</dd></div>
    <div class="sum-total"><dt>Total</dt><dd>${money(cartTotal())}</dd></div></dl>`;
}
