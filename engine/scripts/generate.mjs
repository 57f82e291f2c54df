// Writes src/generated/: the vector's fields, from gooddata/vector.json, which Python reads too, and the library's
// version, from package.json. Code that writes a field which is not there does not compile; a field that no code writes fails here.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";

const generated = new URL("../src/generated/", import.meta.url);

async function readJson(path) {
  return JSON.parse(await readFile(new URL(path, import.meta.url), "utf8"));
}

const { version, fields } = await readJson("../../gooddata/vector.json");
const names = fields.map((field) => field.name);
if (!Number.isInteger(version) || version < 1) throw new Error(`vector.json: version ${version} is not a whole number above 0`);
if (new Set(names).size !== names.length) throw new Error("vector.json: a field name occurs twice");
for (const { name, unit, meaning } of fields) {
  if (!/^[a-z][a-z_]*$/.test(name) || !unit || !meaning) throw new Error(`vector.json: field ${name} is not complete`);
}

const vectorFields = [
  "// Generated from gooddata/vector.json.",
  `export const VECTOR_VERSION = ${version};`,
  `export const VECTOR_LENGTH = ${names.length};`,
  "export const enum Field {",
  ...names.map((name) => `  ${name},`),
  "}",
  `export type Vector = [${names.map((name) => `${name}: number`).join(", ")}];`,
  "",
];
const library = [
  "// Generated from package.json.",
  `export const LIBRARY = { name: "gooddata.js", version: "${(await readJson("../package.json")).version}" };`,
  "",
];

const signals = new URL("../src/signals/", import.meta.url);
const collect = new URL("../src/collect.ts", import.meta.url);
const code = (await Promise.all((await readdir(signals)).map((file) => readFile(new URL(file, signals), "utf8")))).join("\n") + (await readFile(collect, "utf8"));
for (const name of names) {
  // Assigned, or counted.
  if (!new RegExp(`vector\\[Field\\.${name}\\] =|(count|notice|end)\\([^;]*Field\\.${name}\\b`).test(code)) {
    throw new Error(`src/signals/ never writes ${name}`);
  }
}

/** An unchanged file keeps its time of change, so that nothing is built again for its sake. */
async function writeChanged(name, lines) {
  const file = new URL(name, generated);
  const text = lines.join("\n");
  if ((await readFile(file, "utf8").catch(() => undefined)) !== text) await writeFile(file, text);
}

await mkdir(generated, { recursive: true });
await writeChanged("vectorFields.ts", vectorFields);
await writeChanged("library.ts", library);
