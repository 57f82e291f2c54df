import { html, type Markup } from "../html";

/** Small pictures for labels, drawn around the origin, some 40 units wide. */
export const MOTIFS = {
  leaf: (ink: string): Markup =>
    html`<g fill="none" stroke="${ink}" stroke-width="1.8" stroke-linecap="round">
      <path d="M-13 12C-15-6-2-15 14-15 14 2 5 14-13 12Z" fill="${ink}" fill-opacity=".16"/><path d="M-18 18 8-9"/>
      <path d="M-6 5-7-4M1-2 0-10M-4 3 5 4M2-3 10-3"/></g>`,
  pine: (ink: string): Markup =>
    html`<g fill="${ink}"><path d="M0-19 8-7H4l7 9H6l9 11h-30L-6 2h-5l7-9h-4Z"/><path d="M-2 13h4v6h-4Z"/></g>`,
  mountain: (ink: string): Markup =>
    html`<g fill="none" stroke="${ink}" stroke-width="1.8" stroke-linejoin="round"><circle cx="9" cy="-10" r="5"/>
      <path d="M-21 13-7-9 2 5 7-2 21 13Z" fill="${ink}" fill-opacity=".16"/><path d="M-7-9-3-2-7 1-10-3"/></g>`,
  moon: (ink: string): Markup =>
    html`<g fill="${ink}"><path d="M6-16A16 16 0 1 0 16 8 13 13 0 0 1 6-16Z"/>
      <path d="m14-13 1.6 3.4L19-8l-3.4 1.6L14-3l-1.6-3.4L9-8l3.4-1.6Z"/></g>`,
  sun: (ink: string): Markup =>
    html`<g stroke="${ink}" stroke-width="2" stroke-linecap="round" fill="${ink}"><circle r="7"/>
      <path d="M0-18v5M0 13v5M-18 0h5M13 0h5M-13-13l4 4M9 9l4 4M13-13l-4 4M-9 9l-4 4"/></g>`,
  blossom: (ink: string): Markup =>
    html`<g fill="${ink}">${[0, 72, 144, 216, 288].map(
      (turn) => html`<ellipse cy="-10" rx="6" ry="9" fill-opacity=".82" transform="rotate(${turn})"/>`,
    )}<circle r="3.5" fill="#fff"/></g>`,
};

export type Motif = keyof typeof MOTIFS;
