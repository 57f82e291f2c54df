// The demo shop: pages with addresses of their own, drawn in the browser, with the engine in them.
import { actOnPredictions } from "./acting";
import { wireActions } from "./actions";
import { frame, hideToast, refreshFrame } from "./frame";
import type { Page } from "./pages/page";
import { openPanel } from "./panel/panel";
import { fillShelf } from "./recommended";
import { route } from "./route";
import { loadEngine } from "./track";

function draw(): Page {
  const page = route(location.pathname);
  const main = document.querySelector("#main") as HTMLElement;
  document.title = page.title;
  main.innerHTML = page.body.text;
  refreshFrame();
  return page;
}

function show(): void {
  draw().arrive?.();
  fillShelf();
}

function go(path: string): void {
  history.pushState(null, "", path);
  scrollTo(0, 0);
  hideToast();
  show();
}

/** Links within the shop change the page without a load, unless the visitor wants a new tab or window. */
function followLinks(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[href^='/demo']");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
  addEventListener("popstate", show);
}

document.body.innerHTML = frame().text;
const panel = openPanel();
wireActions(go, draw);
actOnPredictions(go);
followLinks();
show();
loadEngine().then(panel.engineLoaded);
