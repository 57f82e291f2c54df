import { drawing } from "../art/drawing";
import { findCategory, money, PRODUCTS, type Product, productsOf } from "../catalog";
import { html } from "../html";
import { rememberSeen } from "../recommended";
import { trackProduct } from "../track";
import type { Page } from "./page";
import { tiles } from "./tiles";

export function product(product: Product): Page {
  const category = findCategory(product.category);
  const near = productsOf(product.category).filter(({ id }) => id !== product.id);
  const others = PRODUCTS.filter(({ category }) => category !== product.category);
  return {
    title: `${product.name} · Fernleaf`,
    body: html`
      <nav class="crumbs" aria-label="Breadcrumb"><a href="/demo/">Home</a> <span aria-hidden="true">/</span>
        <a href="/demo/category/${product.category}">${category?.name}</a> <span aria-hidden="true">/</span> ${product.name}</nav>
      <article class="product">
        <div class="picture large tint-${product.category}">${drawing(product.id, product.name)}</div>
        <div class="product-words">
          <p class="eyebrow">${product.origin}</p>
          <h1>${product.name}</h1>
          <p class="lead">${product.blurb}</p>
          <p class="product-price"><span class="price">${money(product.price)}</span> <span class="unit">${product.unit}</span></p>
          <form class="buy" data-form="add" data-slug="${product.slug}">
            <label class="stepper"><span class="hidden">Quantity</span>
              <button type="button" data-step="-1" aria-label="One less">−</button>
              <input name="quantity" type="number" value="1" min="1" max="12" inputmode="numeric">
              <button type="button" data-step="1" aria-label="One more">+</button></label>
            <button class="button" id="add-to-cart" type="submit">Add to cart</button>
          </form>
          <dl class="facts">
            <div><dt>${product.category === "tea" || product.category === "coffee" ? "How to make it" : "Good to know"}</dt>
              <dd>${product.brew}</dd></div>
            <div><dt>Delivery</dt><dd>Two working days, free</dd></div>
            <div><dt>Returns</dt><dd>Thirty days, also when opened</dd></div>
          </dl>
        </div>
      </article>
      <section class="shelf" data-recommended><header class="shelf-head"><h2>Goes well with it</h2></header>
        ${tiles([...near.slice(0, 2), ...others.slice(0, 2)])}</section>`,
    arrive: () => {
      trackProduct(product);
      rememberSeen(product);
    },
  };
}
