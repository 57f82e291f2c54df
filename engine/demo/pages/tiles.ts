import { drawing } from "../art/drawing";
import { money, type Product } from "../catalog";
import { html, type Markup } from "../html";

/** Products side by side, each leading to its page and into the cart; `note` fills the row. */
export function tiles(products: readonly Product[], note?: Markup): Markup {
  return html`<ul class="tiles">${products.map(
    (product) => html`<li class="tile">
      <a href="/demo/product/${product.slug}" class="tile-link">
        <span class="picture tint-${product.category}">${drawing(product.id, product.name)}</span>
        <span class="tile-name">${product.name}</span>
        <span class="tile-origin">${product.origin}</span>
      </a>
      <span class="tile-foot"><span class="price">${money(product.price)}</span>
        <button type="button" class="quick-add" data-add="${product.slug}" aria-label="Add ${product.name} to the cart">Add</button>
      </span>
    </li>`,
  )}${note && html`<li class="note${products.length % 4 === 2 && " wide"}">${note}</li>`}</ul>`;
}
