import { html, type Markup } from "../html";
import { shaded, shadow } from "./shading";

/** A side-handled clay pot. */
export function teapot(clay: string, lid: string): Markup {
  return html`${shadow(98, 166, 70)}
    ${shaded("M132 104c14-3 26-11 34-24l14 3c-2 20-20 40-42 44Z", clay, "flat")}
    ${shaded("M66 118 26 96c-6-3-11 4-6 9l44 37Z", clay, "flat")}
    ${shaded("M100 66c-34 0-54 26-54 54 0 26 20 46 54 46s54-20 54-46c0-28-20-54-54-54Z", clay, "ball")}
    <path d="M52 132c28 10 68 10 96 0" fill="none" stroke="#000" stroke-opacity=".14" stroke-width="2"/>
    <path d="M49 124c30 11 72 11 102 0" fill="none" stroke="#fff" stroke-opacity=".12" stroke-width="1.5"/>
    ${shaded("M66 74c0-10 15-17 34-17s34 7 34 17c-10 6-58 6-68 0Z", lid, "ball")}
    ${shaded("M92 58c-4-6-2-14 8-14s12 8 8 14Z", lid, "ball")}`;
}

/** A ribbed porcelain cone on a glass. */
export function dripper(porcelain: string, coffee: string): Markup {
  return html`${shadow(100, 176, 52)}
    <path d="M66 108h68l-5 58c0 6-5 10-11 10H82c-6 0-11-4-11-10Z" fill="#9db4b5" fill-opacity=".3"/>
    <path d="M69 138h62l-3 28c0 6-5 10-11 10H83c-6 0-11-4-11-10Z" fill="${coffee}"/>
    <path d="M69 138h62l-3 28c0 6-5 10-11 10H83c-6 0-11-4-11-10Z" fill="url(#round)"/>
    <ellipse cx="100" cy="138" rx="31" ry="5" fill="#fff" fill-opacity=".16"/>
    <path d="M100 104v32" stroke="${coffee}" stroke-width="2.4"/>
    <path d="M74 112l3 52" stroke="#fff" stroke-opacity=".55" stroke-width="3" stroke-linecap="round"/>
    ${shaded("M58 98h84c0 8-12 12-42 12s-42-4-42-12Z", porcelain)}
    ${shaded("M48 44h104L122 98H78Z", porcelain)}
    <path d="M62 50l22 46M78 52l12 44M100 52v44M122 52l-12 44M138 50l-22 46" stroke="#000" stroke-opacity=".09" stroke-width="3"/>
    <ellipse cx="100" cy="44" rx="52" ry="13" fill="${porcelain}"/>
    <ellipse cx="100" cy="45" rx="44" ry="9.5" fill="${coffee}" fill-opacity=".85"/>
    <ellipse cx="94" cy="43" rx="20" ry="3.5" fill="#fff" fill-opacity=".14"/>
    <path d="M148 54c20-4 26 22 2 26l-8 1" fill="none" stroke="${porcelain}" stroke-width="8" stroke-linecap="round"/>`;
}

/** A gooseneck kettle. */
export function kettle(steel: string, wood: string): Markup {
  return html`${shadow(104, 170, 66)}
    <path d="M70 140C46 138 52 96 40 78c-5-8-12-8-18-6" fill="none" stroke="${steel}" stroke-width="9" stroke-linecap="round"/>
    <path d="M69 137C49 134 53 96 42 79" fill="none" stroke="#fff" stroke-opacity=".4" stroke-width="2.5" stroke-linecap="round"/>
    <path d="M136 74c34-10 48 18 38 44-4 11-12 17-18 20" fill="none" stroke="${steel}" stroke-width="6" stroke-linecap="round"/>
    <path d="M163 74c15 10 17 28 9 46" fill="none" stroke="${wood}" stroke-width="10" stroke-linecap="round"/>
    ${shaded("M76 70h58l18 88c1 7-4 12-11 12H69c-7 0-12-5-11-12Z", steel)}
    <path d="M60 152h90" stroke="#000" stroke-opacity=".12" stroke-width="2"/>
    ${shaded("M74 72c0-9 14-14 31-14s31 5 31 14c-12 5-50 5-62 0Z", steel, "ball")}
    <rect x="101" y="46" width="8" height="12" fill="${steel}"/>${shaded("M96 40a9 7 0 0 1 18 0 9 7 0 0 1-18 0Z", wood, "ball")}`;
}

/** A wide mug with a glaze that runs. */
export function mug(glaze: string, clay: string): Markup {
  return html`${shadow(94, 160, 66)}
    <path d="M134 92c38-8 42 42 0 46" fill="none" stroke="${glaze}" stroke-width="12" stroke-linecap="round"/>
    <path d="M136 92c32-5 36 34 4 42" fill="none" stroke="#000" stroke-opacity=".16" stroke-width="3"/>
    ${shaded("M40 74c0 34 2 60 12 78 4 7 12 9 20 9h44c8 0 16-2 20-9 10-18 12-44 12-78Z", clay)}
    ${shaded("M40 74c0 20 1 36 4 50 6 8 10-2 16 4s6 16 13 14 7-14 14-12 8 14 15 12 7-16 14-14 10 10 16 4 6-2 8-10c3-14 4-30 4-48Z", glaze)}
    <ellipse cx="94" cy="74" rx="54" ry="14" fill="${glaze}"/><ellipse cx="94" cy="75" rx="47" ry="10.5" fill="#3d2a1c"/>
    <ellipse cx="84" cy="73" rx="20" ry="3.5" fill="#fff" fill-opacity=".16"/>
    ${steam(80, 54)}${steam(106, 50)}`;
}

/** Two cups without handles. */
export function cups(first: string, second: string): Markup {
  const cup = (x: number, y: number, colour: string, tea: string) => html`<g transform="translate(${x} ${y})">
    ${shadow(0, 74, 44)}${shaded("M-36 0c-2 30 0 56 14 70 4 4 8 5 22 5s18-1 22-5C36 56 38 30 36 0Z", colour, "ball")}
    <ellipse rx="36" ry="10" fill="${colour}"/><ellipse cy="1" rx="30" ry="7" fill="${tea}"/>
    <ellipse cx="-6" rx="12" ry="2" fill="#fff" fill-opacity=".3"/></g>`;
  return html`${cup(126, 66, second, "#b9832f")}${cup(76, 94, first, "#7e9a46")}${steam(76, 70)}`;
}

function steam(x: number, y: number): Markup {
  return html`<path class="steam" d="M${x} ${y}c-8-8 8-14 0-24s6-12 2-20" fill="none" stroke="currentColor"
    stroke-opacity=".22" stroke-width="3" stroke-linecap="round"/>`;
}
