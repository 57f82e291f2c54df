// Compares the table of bytes in docs/engine.md with what the last build weighed; `--write` puts the new one there.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const START = "<!-- bytes: npm run bytes --workspace engine -- --write -->\n";
const END = "<!-- /bytes -->";

const docs = fileURLToPath(new URL("../../docs/engine.md", import.meta.url));
const { modules, pressed, total } = JSON.parse(await readFile(new URL("../dist/bytes.json", import.meta.url)));

const folders = new Map();
for (const [path, bytes] of modules) {
  const [, folder, module] = /^(?:src\/)?(?:(\w+)\/)?(\w+)\.\w+$/.exec(path);
  const row = folders.get(folder ?? "") ?? { sum: 0, names: [] };
  row.sum += bytes;
  row.names.push(`${module} ${bytes}`);
  folders.set(folder ?? "", row);
}
const rows = [...folders].sort(([, a], [, b]) => b.sum - a.sum).map(([name, { sum, names }]) => [name && `\`${name}/\``, sum, names.join(", ")]);
rows.push(["", pressed, "the wrapper, and what a second minifier saves of no module in particular"]);
rows.push(["`gooddata.js`", total, "all that a page loads"]);
const table = ["| folder | bytes | of which |", "|---|---|---|", ...rows.map((row) => `| ${row.join(" | ")} |`), ""].join("\n");

const text = await readFile(docs, "utf8");
const [before, rest] = text.split(START);
const after = rest.slice(rest.indexOf(END));
const expected = before + START + table + after;
if (process.argv.includes("--write")) await writeFile(docs, expected);
else if (text !== expected) {
  console.error("docs/engine.md tells other bytes than the build weighs; run: npm run bytes --workspace engine -- --write");
  process.exitCode = 1;
}
