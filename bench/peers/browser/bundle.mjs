// Writes to the folder that it is given one script a library, minified, as a site that uses it would serve it.
import { execFileSync } from "node:child_process";
import { mkdir, readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const [folder] = process.argv.slice(2);
const common = {
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  legalComments: "none",
  absWorkingDir: here,
};

// Umami's package is its whole application; of it only the tracker is wanted, and nothing that it depends on.
const UMAMI = "umami@2.10.0";

async function bundleUmami() {
  const unpacked = join(folder, "umami");
  await mkdir(unpacked, { recursive: true });
  const tarball = execFileSync("npm", ["pack", "--silent", UMAMI], { cwd: unpacked, encoding: "utf8" }).trim();
  execFileSync("tar", ["xzf", tarball, "package/src/tracker/index.js"], { cwd: unpacked });
  await build({
    ...common,
    bundle: false,
    entryPoints: [join(unpacked, "package/src/tracker/index.js")],
    outfile: join(folder, "umami.js"),
  });
  await rm(unpacked, { recursive: true });
}

await bundleUmami();
for (const file of await readdir(join(here, "start"))) {
  const name = basename(file, ".mjs");
  await build({ ...common, entryPoints: [join(here, "start", file)], outfile: join(folder, `${name}.js`) });
}
