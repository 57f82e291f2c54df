import { type Category, productsOf } from "../catalog";
import { html } from "../html";
import { trackList } from "../track";
import type { Page } from "./page";
import { tiles } from "./tiles";

export function category({ slug, name, blurb }: Category): Page {
  const products = productsOf(slug);
  return {
    title: `${name} · Fernleaf`,
    body: html`
      <nav class="crumbs" aria-label="Breadcrumb"><a href="/demo/">Home</a> <span aria-hidden="true">/</span> ${name}</nav>
      <header class="page-head"><h1>${name}</h1><p class="lead">${blurb}</p></header>
      ${tiles(products)}`,
    arrive: () => trackList(slug, products),
  };
}
