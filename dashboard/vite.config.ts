import { loadEnv, type Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Holds the first paint until the theme that the visitor chose is set, so that a dark page never flashes white. */
function blockFirstPaint(): Plugin {
  return {
    name: "block-first-paint",
    transformIndexHtml: {
      order: "post",
      handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
    },
  };
}

export default defineConfig(({ mode }) => {
  const server = loadEnv(mode, ".", "GOODDATA_").GOODDATA_URL ?? "http://127.0.0.1:8000";
  return {
    base: "/",
    plugins: [blockFirstPaint()],
    build: {
      outDir: "../gooddata/serving/assets/dashboard",
      emptyOutDir: true,
      // The page's Content-Security-Policy allows no data: URLs.
      assetsInlineLimit: 0,
    },
    // The contrast of the colours is tested: without this, tests see empty style sheets.
    test: { css: true },
    server: {
      proxy: Object.fromEntries(
        ["/api", "/sign-in", "/v1", "/demo", "/gooddata.js"].map((path) => [path, { target: server }]),
      ),
    },
  };
});
