// Builds the served library, the npm module and the demo shop; prints what each module weighs; refuses to build a
// library above its limit.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

const LIMIT_BYTES = 15_000;
const LIMIT_BROTLI_BYTES = 7_000;

const engine = fileURLToPath(new URL("..", import.meta.url));
const assets = fileURLToPath(new URL("../../gooddata/serving/assets/", import.meta.url));
const common = { absWorkingDir: engine, bundle: true, minify: true, target: "es2020", legalComments: "none", charset: "utf8" };

/**
 * Names of properties that only the library itself uses, and what they become in what is served. They are fixed, since
 * one version may find what another has stored.
 */
const INTERNAL = {
  ...{ owner: "o", underWay: "u", sealed: "s", dropped: "d", weight: "z", events: "e", context: "c" },
  ...{ pages: "p", backs: "b", viewed: "v", started: "t", seen: "n" },
};

/** Methods that scripts/globals.mjs has, by the names that it has them under. */
const GLOBALS = {
  ...{ "Math.abs": "abs", "Math.hypot": "hypot", "Math.max": "max", "Math.min": "min", "Math.round": "round" },
  ...{ "JSON.parse": "parse", "JSON.stringify": "stringify", "Date.now": "dateNow" },
};

async function buildLibrary() {
  const { metafile } = await build({
    ...common,
    mangleProps: new RegExp(`^(${Object.keys(INTERNAL).join("|")})$`),
    mangleCache: INTERNAL,
    inject: ["scripts/globals.mjs"],
    define: GLOBALS,
    entryPoints: ["src/script.ts"],
    outfile: "dist/gooddata.js",
    format: "esm",
    metafile: true,
  });
  const code = await pressLibrary();
  const brotli = brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: code.length } }).length;
  await tellBytes(Object.values(metafile.outputs)[0].inputs, code, brotli);
  if (code.length > LIMIT_BYTES) throw new Error(`gooddata.js is ${code.length} bytes; the limit is ${LIMIT_BYTES}`);
  if (brotli > LIMIT_BROTLI_BYTES) throw new Error(`gooddata.js is ${brotli} bytes in brotli; the limit is ${LIMIT_BROTLI_BYTES}`);
  await mkdir(assets, { recursive: true });
  await writeFile(`${assets}gooddata.js`, code);
}

/**
 * esbuild tells what each module weighs; terser then takes another twentieth, of no module in particular. A parameter
 * that nothing is passed for is undefined, in one letter.
 */
async function pressLibrary() {
  const path = `${engine}dist/gooddata.js`;
  const { code } = await minify(`(undefined=>{${await readFile(path, "utf8")}})()`, {
    ecma: 2020,
    compress: { hoist_funs: true, inline: 1, passes: 5, unsafe: true, unsafe_arrows: true, unsafe_comps: true, unsafe_methods: true, unsafe_undefined: true },
    format: { comments: false },
  });
  await writeFile(path, code);
  return Buffer.from(code);
}

async function tellBytes(inputs, code, brotli) {
  const modules = Object.entries(inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput]);
  modules.sort((a, b) => b[1] - a[1]);
  const pressed = code.length - modules.reduce((sum, [, bytes]) => sum + bytes, 0);
  for (const [path, bytes] of modules) console.log(`${String(bytes).padStart(7)}  ${path}`);
  console.log(`${String(pressed).padStart(7)}  (wrapper, and what terser saves)`);
  const gzip = gzipSync(code, { level: 9 }).length;
  console.log(`${String(code.length).padStart(7)}  gooddata.js of ${LIMIT_BYTES} allowed; ${gzip} gzip, ${brotli} brotli`);
  await writeFile(`${engine}dist/bytes.json`, JSON.stringify({ modules, pressed, total: code.length }));
}

async function buildModule() {
  const module = { ...common, minify: false, format: "esm" };
  await build({ ...module, entryPoints: ["src/index.ts"], outfile: "dist/index.js" });
  // Its arithmetic alone: the tests of the server compare theirs with it.
  await build({ ...module, entryPoints: ["src/intelligence/model.ts"], outfile: "dist/model.mjs" });
}

async function buildDemo() {
  const demo = `${assets}demo/`;
  await rm(demo, { recursive: true, force: true });
  await mkdir(demo, { recursive: true });
  await build({ ...common, entryPoints: ["demo/shop.ts", "demo/shop.css"], outdir: demo, format: "iife" });
  for (const file of ["index.html", "catalog.json"]) await copyFile(`${engine}demo/${file}`, `${demo}${file}`);
}

await buildLibrary();
await buildModule();
await buildDemo();
