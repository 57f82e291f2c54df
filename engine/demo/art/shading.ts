import { html, type Markup } from "../html";

/** The light in all drawings comes from the upper left; the gradients are in the page once. */
export function gradients(): Markup {
  return html`<svg class="gradients" width="0" height="0" aria-hidden="true"><defs>
    <linearGradient id="round" x1="0" x2="1" y1="0" y2="0">
      <stop offset="0" stop-color="#000" stop-opacity=".26"/><stop offset=".22" stop-color="#fff" stop-opacity=".3"/>
      <stop offset=".5" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity=".34"/>
    </linearGradient>
    <radialGradient id="ball" cx=".34" cy=".26" r=".85">
      <stop offset="0" stop-color="#fff" stop-opacity=".42"/><stop offset=".45" stop-color="#fff" stop-opacity="0"/>
      <stop offset="1" stop-color="#000" stop-opacity=".36"/>
    </radialGradient>
    <linearGradient id="flat" x1="0" x2="1" y1="0" y2="1">
      <stop offset="0" stop-color="#fff" stop-opacity=".2"/><stop offset="1" stop-color="#000" stop-opacity=".18"/>
    </linearGradient>
    <radialGradient id="floor"><stop offset="0" stop-color="#000" stop-opacity=".3"/>
      <stop offset="1" stop-color="#000" stop-opacity="0"/></radialGradient>
  </defs></svg>`;
}

export function shadow(x: number, y: number, width: number): Markup {
  return html`<ellipse cx="${x}" cy="${y}" rx="${width}" ry="${width / 7}" fill="url(#floor)"/>`;
}

/** A shape in its colour and again in its shade. */
export function shaded(path: string, colour: string, shade: "round" | "ball" | "flat" = "round"): Markup {
  return html`<path d="${path}" fill="${colour}"/><path d="${path}" fill="url(#${shade})"/>`;
}
