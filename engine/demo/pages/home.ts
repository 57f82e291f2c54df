import { stillLife } from "../art/drawing";
import { CATEGORIES, PRODUCTS, productsOf } from "../catalog";
import { html, type Markup } from "../html";
import { trackList } from "../track";
import type { Page } from "./page";
import { tiles } from "./tiles";

const NOTES: Record<string, Markup> = {
  coffee: html`<h3>Three roasts, one drum</h3><p>Order by Sunday night and yours is in it on Monday.</p>`,
  brewing: html`<h3>Made to be mended</h3><p>A lid, a handle, a knob: every part can be had on its own.</p>`,
  cups: html`<h3>Water first</h3><p>Most bad tea is good tea in a hurry. Fresh water, the right heat, and a minute of
    doing nothing else: every page here says how hot and how long.</p>`,
};

export function home(): Page {
  return {
    title: "Fernleaf: tea, coffee and the things to make them with",
    body: html`
      <section class="hero">
        <div class="hero-words">
          <p class="eyebrow">Autumn, first pot of the day</p>
          <h1>Good leaves, slow mornings.</h1>
          <p class="lead">Whole-leaf tea from four gardens, coffee roasted on Mondays, and the pots, kettles and cups that
            do them justice.</p>
          <p class="hero-links"><a class="button" href="/demo/category/tea">Shop tea</a>
            <a class="button quiet" href="/demo/category/coffee">Shop coffee</a></p>
        </div>
        ${stillLife()}
      </section>
      <ul class="promises">
        <li><strong>Picked this year</strong> harvest dates on every tin</li>
        <li><strong>Roasted on Mondays</strong> on its way by Wednesday</li>
        <li><strong>Free returns</strong> even of an opened bag</li>
      </ul>
      ${CATEGORIES.map(
        ({ slug, name, blurb }) => html`<section class="shelf" id="${slug}">
        <header class="shelf-head"><h2>${name}</h2><p>${blurb}</p>
          <a href="/demo/category/${slug}">All ${name.toLowerCase()}</a></header>
        ${tiles(productsOf(slug), NOTES[slug])}
      </section>`,
      )}
      `,
    arrive: () => trackList("home", PRODUCTS),
  };
}
