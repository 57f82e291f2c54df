// What `<script defer src="/gooddata.js" data-key="gw_…"></script>` runs.
import { createEngine } from "./engine";
import { isolated } from "./host/isolated";
import type { Command, GoodData } from "./publicApi";

declare global {
  interface Window {
    /** Before the library has loaded, a page may make this an array and push commands into it. */
    gooddata?: GoodData | Command[];
  }
}

const script = document.currentScript as HTMLScriptElement | null;

isolated(() => {
  const before = window.gooddata;
  // A page that includes the script twice is still one page.
  if (!script || (before && !Array.isArray(before))) return;
  window.gooddata = createEngine(() => {
    const { key, api = "." } = script.dataset;
    if (!key) throw new Error("gooddata.js: no data-key");
    // By default the API is where the script is: its origin and its folder.
    return { ...(script.dataset as object), key, api: new URL(api, script.src).href.replace(/\/+$/, "") };
  }, before);
})();
