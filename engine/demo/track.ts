import type { Command, GoodData } from "../src/publicApi";
import { cartLines, cartTotal } from "./cart";
import { CURRENCY, type Product } from "./catalog";

declare global {
  interface Window {
    gooddata?: GoodData | Command[];
  }
}

/** Calls the engine; until it has loaded, the calls wait in an array, as on any host page. */
export function gooddata(...command: Command): void {
  window.gooddata ??= [];
  (window.gooddata as Command[]).push(command);
}

let config: Promise<{ write_key: string }> | undefined;

/** The key that this server gave to its demo project; rejected where it has none. */
export function shopConfig(): Promise<{ write_key: string }> {
  config ??= fetch("/demo/config.json").then((answer) =>
    answer.ok ? answer.json() : Promise.reject(new Error(`no demo project: ${answer.status}`)),
  );
  return config;
}

/** Puts the engine into the page. */
export async function loadEngine(): Promise<boolean> {
  const found = await shopConfig().catch(() => undefined);
  if (!found) return false;
  const { write_key } = found;
  const script = document.createElement("script");
  script.src = "/gooddata.js";
  script.dataset.key = write_key;
  return new Promise((resolve) => {
    script.onload = () => resolve(true);
    script.onerror = () => resolve(false);
    document.head.append(script);
  });
}

function described(product: Product) {
  const { id, name, category, price } = product;
  return { product_id: id, name, category, price, currency: CURRENCY };
}

function cart() {
  const products = cartLines().map(({ product, quantity }) => ({ ...described(product), quantity }));
  return { products, value: cartTotal(), currency: CURRENCY };
}

export function trackList(list: string, products: readonly Product[]): void {
  gooddata("track", "Product List Viewed", { list_id: list, products: products.map(({ id }) => ({ product_id: id })) });
}

export function trackProduct(product: Product): void {
  gooddata("track", "Product Viewed", described(product));
}

export function trackAdded(product: Product, quantity: number): void {
  gooddata("track", "Product Added", { ...described(product), quantity });
}

export function trackRemoved(product: Product, quantity: number): void {
  gooddata("track", "Product Removed", { ...described(product), quantity });
}

export function trackCart(): void {
  gooddata("track", "Cart Viewed", cart());
}

export function trackCheckout(): void {
  gooddata("track", "Checkout Started", cart());
}

/** What was typed into the form is no part of it. */
export function trackOrder(orderId: string): void {
  const { products, value, currency } = cart();
  gooddata("track", "Order Completed", { order_id: orderId, revenue: value, total: value, currency, products });
}
