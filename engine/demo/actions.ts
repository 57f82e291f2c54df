import { cartLines, changeCart, emptyCart } from "./cart";
import { findProduct } from "./catalog";
import { refreshFrame, toast } from "./frame";
import { rememberOrder } from "./pages/thanks";
import { trackAdded, trackOrder, trackRemoved } from "./track";

/** What the buttons and forms of the pages do. `go` shows another page, `redraw` the same one again. */
export function wireActions(go: (path: string) => void, redraw: () => void): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("button");
    if (!button) return;
    const { add, more, less, remove, step } = button.dataset;
    const added = add ?? more;
    if (added) addToCart(added, 1);
    if (add) sayAdded(add);
    if (less) takeOut(less, 1);
    if (remove) takeOut(remove, Number.POSITIVE_INFINITY);
    if (more || less || remove) redraw();
    if (step) stepQuantity(button, Number(step));
  });

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const { slug } = form.dataset;
    if (slug) {
      addToCart(slug, Number(new FormData(form).get("quantity")) || 1);
      sayAdded(slug);
    }
    if (form.dataset.form === "order") placeOrder(go);
  });
}

function addToCart(slug: string, quantity: number): void {
  const product = findProduct(slug);
  if (!product) return;
  changeCart(product, quantity);
  trackAdded(product, quantity);
  refreshFrame();
}

function sayAdded(slug: string): void {
  const product = findProduct(slug);
  if (product) toast(`${product.name} is in your cart`);
}

function takeOut(slug: string, atMost: number): void {
  const line = cartLines().find(({ product }) => product.slug === slug);
  if (!line) return;
  const quantity = Math.min(atMost, line.quantity);
  changeCart(line.product, -quantity);
  trackRemoved(line.product, quantity);
  refreshFrame();
}

function stepQuantity(button: HTMLButtonElement, by: number): void {
  const input = button.parentElement?.querySelector("input");
  if (input) input.value = String(Math.min(12, Math.max(1, Number(input.value) + by)));
}

function placeOrder(go: (path: string) => void): void {
  const orderId = `FL-${Date.now().toString(36).toUpperCase()}`;
  trackOrder(orderId);
  rememberOrder(orderId);
  emptyCart();
  go("/demo/thanks");
}
