// Drives Debian's Firefox for a test: a line of JSON in, a line of JSON out, and one at first, when the browser is there.
// {page, do, with} does something on the numbered page, which is opened the first time: goto, evaluate, click, move, type
// or close.
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const browser = await puppeteer.launch({ browser: "firefox", executablePath: process.argv[2], headless: true, timeout: 120_000 });
console.log(JSON.stringify({ value: "ready" }));
const pages = new Map();

const actions = {
  goto: (page, url) => page.goto(url),
  evaluate: (page, source) => page.evaluate(source),
  click: (page, [x, y, count = 1]) => page.mouse.click(x, y, { count }),
  move: (page, [x, y]) => page.mouse.move(x, y, { steps: 5 }),
  type: (page, text) => page.keyboard.type(text),
  close: (page) => page.close(),
};

async function perform({ page: number, do: action, with: argument }) {
  if (action === "close" && !pages.has(number)) return;
  if (!pages.has(number)) pages.set(number, await browser.newPage());
  const done = await actions[action](pages.get(number), argument);
  if (action === "close") pages.delete(number);
  return action === "evaluate" ? done : undefined;
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await perform(JSON.parse(line)).then((value) => ({ value }), (error) => ({ error: String(error) }));
  console.log(JSON.stringify(answer));
}
await browser.close();
