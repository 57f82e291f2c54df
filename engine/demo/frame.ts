import { gradients } from "./art/shading";
import { cartCount } from "./cart";
import { CATEGORIES } from "./catalog";
import { html, type Markup } from "./html";

/** What stands around every page. */
export function frame(): Markup {
  return html`${gradients()}
    <a class="skip" href="#main">To the content</a>
    <p class="demo-note"><strong>Demo shop.</strong> Nothing is for sale. Simulated shoppers are walking around with you.
      <a href="/">Watch them on the dashboard</a></p>
    <header class="top">
      <a class="brand" href="/demo/"><svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true">
        <path d="M27 4C13 4 6 11 6 20c0 3 1 5 2 6l10-12-7 14c8 2 16-4 16-24z" fill="currentColor"/></svg>Fernleaf</a>
      <nav class="sections" aria-label="Categories">${CATEGORIES.map(
        ({ slug, name }) => html`<a href="/demo/category/${slug}">${name}</a>`,
      )}</nav>
      <a class="cart-link" href="/demo/cart"><svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" fill="none"
        stroke="currentColor" stroke-width="1.7" stroke-linejoin="round"><path d="M5 8h14l-1.2 12H6.2Z"/><path d="M9 10V6a3 3 0 0 1 6 0v4"/></svg>
        <span class="cart-word">Cart</span> <output id="cart-count"></output></a>
    </header>
    <main id="main"></main>
    <footer class="bottom"><p>Fernleaf is made up. The engine that watches this page is <a href="/">GoodData</a>: it
      reads nothing that you type and no text of what you click, and honours Global Privacy Control.</p></footer>
    <p class="toast" role="status" id="toast"></p>`;
}

/** Brings the frame up to date with the cart and the path. */
export function refreshFrame(): void {
  const count = cartCount();
  const badge = document.querySelector("#cart-count");
  if (badge) badge.textContent = count ? String(count) : "";
  for (const link of document.querySelectorAll(".sections a")) {
    if (link.getAttribute("href") === location.pathname) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

let fading: ReturnType<typeof setTimeout>;

export function hideToast(): void {
  document.querySelector("#toast")?.classList.remove("shown");
}

/** Says something for a moment. */
export function toast(text: string): void {
  const place = document.querySelector("#toast");
  if (!place) return;
  place.textContent = text;
  place.classList.add("shown");
  clearTimeout(fading);
  fading = setTimeout(hideToast, 2200);
}
