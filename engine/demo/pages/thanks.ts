import { html } from "../html";
import type { Page } from "./page";

const STORED = "fernleaf.order";

export function rememberOrder(orderId: string): void {
  sessionStorage.setItem(STORED, orderId);
}

export function thanks(): Page {
  const order = sessionStorage.getItem(STORED);
  return {
    title: "Thank you · Fernleaf",
    body: html`<section class="thanks"><svg viewBox="0 0 48 48" width="64" height="64" aria-hidden="true">
        <circle cx="24" cy="24" r="22" fill="none" stroke="currentColor" stroke-width="2.5"/>
        <path d="m15 25 6 6 12-14" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>
      <h1>Thank you.</h1>
      <p class="lead">${order ? html`Order <strong>${order}</strong> is not on its way, because this shop is a demo.` : "This shop is a demo."}
        The purchase is real to GoodData, though: look at what it makes of your visit now.</p>
      <p class="hero-links"><a class="button" href="/demo/">Back to the shop</a>
        <a class="button quiet" href="/">Open the dashboard</a></p></section>`,
  };
}
