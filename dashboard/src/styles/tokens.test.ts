import { expect, test } from "vitest";
import css from "./tokens.css?raw";

/** Text colours and the surfaces that they stand on. */
const PAIRS: [string, string[]][] = [
  ["ink", ["paper", "surface", "raised", "track", "hover", "gold-soft", "bad-soft", "accent-soft"]],
  ["ink-2", ["paper", "surface", "raised", "track", "hover"]],
  ["ink-3", ["paper", "surface"]],
  ["accent", ["surface", "accent-soft"]],
  ["on-accent", ["accent"]],
  ["gold", ["paper", "surface", "gold-soft"]],
  ["good", ["surface"]],
  ["bad", ["paper", "surface", "bad-soft"]],
  ["night-ink", ["night", "night-2"]],
  ["night-ink-2", ["night", "night-2"]],
  ["night-accent", ["night", "night-2"]],
];

const [light = "", dark = ""] = css.split(':root[data-theme="dark"]');

test.each([
  ["light", tokensIn(light)],
  ["dark", { ...tokensIn(light), ...tokensIn(dark) }],
])("text reaches 4.5:1 on its surfaces in the %s theme", (_, tokens) => {
  const faint = PAIRS.flatMap(([text, surfaces]) =>
    surfaces
      .map((surface) => ({ text, surface, ratio: contrast(tokens[text], tokens[surface]) }))
      .filter(({ ratio }) => !(ratio >= 4.5)),
  );
  expect(faint).toEqual([]);
});

function tokensIn(part: string): Record<string, string> {
  return Object.fromEntries([...part.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]));
}

/** WCAG 2 contrast ratio of two #rrggbb colours. */
function contrast(one = "", other = ""): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
