import { html, type Markup } from "../html";
import { bag, tin } from "./packs";
import { cups, dripper, kettle, mug, teapot } from "./wares";

const DRAWINGS: Record<string, () => Markup> = {
  "tea-101": () => tin("#5f8f5a", "#f3efdf", "#3f6b3b", "leaf"),
  "tea-102": () => tin("#33322f", "#e9dfcb", "#8c3f22", "pine"),
  "tea-103": () => tin("#4f7d8c", "#eef0e6", "#2c5563", "mountain"),
  "tea-104": () => tin("#b4532f", "#f6e7cf", "#93401f", "moon"),
  "cof-201": () => bag("#b98d5e", "#fbf4e6", "#6b3f22", "sun"),
  "cof-202": () => bag("#d9a7a0", "#fff7f1", "#9c4a52", "blossom"),
  "cof-203": () => bag("#59658a", "#eef0f5", "#2f3a5c", "moon"),
  "brw-301": () => teapot("#8d4a34", "#7c3f2c"),
  "brw-302": () => dripper("#f4f1ea", "#4a2c1a"),
  "brw-303": () => kettle("#9aa3a6", "#7a5230"),
  "cup-401": () => mug("#5d7449", "#cdbb9a"),
  "cup-402": () => cups("#cfc8bb", "#8fa3a6"),
};

/** The picture of a product, 200 units square, to be put on a tile of its own colour. */
export function drawing(productId: string, label: string): Markup {
  return html`<svg class="drawing" viewBox="0 0 200 200" role="img" aria-label="${label}">${DRAWINGS[productId]?.()}</svg>`;
}

/** The table on the front page. */
export function stillLife(): Markup {
  const place = (id: string, x: number, y: number, size: number) =>
    html`<g transform="translate(${x} ${y}) scale(${size / 200})">${DRAWINGS[id]?.()}</g>`;
  return html`<svg class="still-life" viewBox="0 0 560 420" role="img" aria-label="A kettle, a teapot, tea and cups on a table">
    <circle class="sun" cx="330" cy="170" r="150"/>
    <path class="table" d="M0 330h560v90H0Z"/><path class="table-edge" d="M0 330h560v8H0Z"/>
    ${place("brw-303", 16, 86, 280)}${place("tea-101", 236, 122, 230)}${place("tea-104", 330, 160, 190)}
    ${place("brw-301", 318, 178, 232)}${place("cup-402", 168, 236, 165)}
  </svg>`;
}
