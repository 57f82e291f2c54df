import { PRODUCTS, type Product } from "./catalog";

const STORED = "fernleaf.cart";
const SAMPLE = "fernleaf.sample";

export interface Line {
  product: Product;
  quantity: number;
}

/** The cart, by product id, in localStorage, so that it lasts over loads and tabs. */
function read(): Record<string, number> {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? "{}");
  } catch {
    // No storage, or not ours: an empty cart.
    return {};
  }
}

function write(quantities: Record<string, number>): void {
  localStorage.setItem(STORED, JSON.stringify(quantities));
}

export function cartLines(): Line[] {
  const quantities = read();
  return PRODUCTS.flatMap((product) => {
    const quantity = quantities[product.id] ?? 0;
    return quantity > 0 ? [{ product, quantity }] : [];
  });
}

export function cartCount(): number {
  return cartLines().reduce((sum, { quantity }) => sum + quantity, 0);
}

export function cartTotal(): number {
  const cents = cartLines().reduce((sum, { product, quantity }) => sum + Math.round(product.price * 100) * quantity, 0);
  return cents / 100;
}

/** Adds `by` pieces; a negative number takes them out. */
export function changeCart(product: Product, by: number): void {
  const quantities = read();
  quantities[product.id] = Math.max(0, (quantities[product.id] ?? 0) + by);
  write(quantities);
}

/** Has a free sample put into the parcel of this visit's order. */
export function acceptSample(): void {
  sessionStorage.setItem(SAMPLE, "yes");
}

export function hasSample(): boolean {
  return sessionStorage.getItem(SAMPLE) !== null;
}

export function emptyCart(): void {
  write({});
  sessionStorage.removeItem(SAMPLE);
}
