import { cartLines } from "./cart";
import { PRODUCTS, type Product } from "./catalog";
import { expose, heldOut, tookUp } from "./exposure";
import type { Markup } from "./html";
import { tiles } from "./pages/tiles";
import { shopConfig } from "./track";

const STORED = "fernleaf.seen";
const KEPT = 10;
const RECOMMENDED = "recommended";

/** The ids of the products seen in this visit, the newest last. */
function seen(): string[] {
  return JSON.parse(sessionStorage.getItem(STORED) ?? "[]");
}

export function rememberSeen(product: Product): void {
  const others = seen().filter((id) => id !== product.id);
  sessionStorage.setItem(STORED, JSON.stringify([...others, product.id].slice(-KEPT)));
}

interface Answer {
  recommendations: { item: string; why: string }[];
  known: number;
}

/** What the server recommends after the products of this visit; what is in the cart already is left out. */
async function recommended(count: number): Promise<{ products: Product[]; known: number }> {
  const { write_key } = await shopConfig();
  const given = new URLSearchParams({ key: write_key, count: String(count), items: seen().join(",") });
  given.set(
    "exclude",
    cartLines()
      .map(({ product }) => product.id)
      .join(","),
  );
  const reply = await fetch(`/v1/recommendations?${given}`);
  if (!reply.ok) throw new Error(`no recommendations: ${reply.status}`);
  const { recommendations, known } = (await reply.json()) as Answer;
  const products = recommendations.flatMap(({ item }) => PRODUCTS.filter(({ id }) => id === item));
  return { products, known };
}

/**
 * Fills the shelf marked `data-recommended`, if the page has one; what stands there stays where nothing comes, and for
 * visitors who are held out, who count where something would have come.
 */
export async function fillShelf(): Promise<void> {
  const shelf = document.querySelector<HTMLElement>("[data-recommended]");
  if (!shelf) return;
  const [holdout, answer] = await Promise.all([heldOut(), recommended(4).catch(() => undefined)]);
  if (!answer || answer.products.length < 4 || !shelf.isConnected) return;
  for (const { id } of answer.products) expose(RECOMMENDED, holdout ? "holdout" : "shown", id);
  if (holdout) return;
  (shelf.querySelector("h2") as HTMLElement).textContent = answer.known ? "Chosen for you" : "Popular now";
  (shelf.querySelector(".tiles") as HTMLElement).outerHTML = (tiles(answer.products) as Markup).text;
  shelf.dataset.recommended = answer.known ? "next" : "trending";
  shelf.addEventListener("click", (event) => {
    const target = event.target as Element;
    const tile = target.closest("a, button") && target.closest(".tile");
    if (tile) tookUp(RECOMMENDED, answer.products[[...shelf.querySelectorAll(".tile")].indexOf(tile)]?.id);
  });
}
