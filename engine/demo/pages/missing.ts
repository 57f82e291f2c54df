import { html } from "../html";
import type { Page } from "./page";

export function missing(): Page {
  return {
    title: "Not here · Fernleaf",
    body: html`<header class="page-head"><h1>There is nothing on this shelf.</h1>
      <p class="lead"><a href="/demo/">Back to the shop</a></p></header>`,
  };
}
