import { html, type Markup } from "../html";
import { MOTIFS, type Motif } from "./motifs";
import { shaded, shadow } from "./shading";

/** A tea tin with a lid and a paper band. */
export function tin(colour: string, paper: string, ink: string, motif: Motif): Markup {
  return html`${shadow(100, 172, 62)}
    ${shaded("M58 62v98c0 8 19 14 42 14s42-6 42-14V62Z", colour)}
    ${shaded("M58 88v56c0 8 19 14 42 14s42-6 42-14V88c0 8-19 14-42 14s-42-6-42-14Z", paper)}
    <g transform="translate(100 128)">${MOTIFS[motif](ink)}</g>
    ${shaded("M55 46v20c0 8 20 15 45 15s45-7 45-15V46Z", colour)}
    <path d="M55 64c0 8 20 15 45 15s45-7 45-15" fill="none" stroke="#000" stroke-opacity=".22" stroke-width="1.5"/>
    <ellipse cx="100" cy="46" rx="45" ry="15" fill="${colour}"/>
    <ellipse cx="100" cy="46" rx="45" ry="15" fill="#fff" fill-opacity=".2"/>
    <ellipse cx="100" cy="46" rx="35" ry="11" fill="none" stroke="#000" stroke-opacity=".14" stroke-width="1.5"/>`;
}

/** A coffee bag with a folded top, a tin tie and a valve. */
export function bag(colour: string, paper: string, ink: string, motif: Motif): Markup {
  return html`${shadow(100, 176, 60)}
    ${shaded("M58 52 54 166c0 6 4 10 10 10h72c6 0 10-4 10-10L142 52Z", colour)}
    <path d="M58 52 54 166c0 6 4 10 10 10h6L74 52ZM142 52l4 114c0 6-4 10-10 10h-6L126 52Z" fill="#000" fill-opacity=".1"/>
    ${shaded("M60 26h80l2 28H58Z", colour, "flat")}
    <path d="M52 50h96v7a3 3 0 0 1-3 3H55a3 3 0 0 1-3-3Z" fill="${ink}" fill-opacity=".88"/>
    <path d="M60 38h80" stroke="#000" stroke-opacity=".12"/>
    <circle cx="100" cy="76" r="5" fill="#000" fill-opacity=".2"/><circle cx="100" cy="76" r="1.6" fill="#000" fill-opacity=".4"/>
    <rect x="72" y="92" width="56" height="62" rx="3" fill="${paper}"/>
    <g transform="translate(100 117)">${MOTIFS[motif](ink)}</g>
    <path d="M82 143h36M88 148h24" stroke="${ink}" stroke-opacity=".5" stroke-width="1.6"/>`;
}
