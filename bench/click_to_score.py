"""From a click in a real browser to its score in the same page: how many milliseconds?

A real Chromium clicks in the demo shop while simulated shoppers are about. The time runs from the DOM's click event to
the first `intelligence` message whose newest event is that click or a later one.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
from typing import Any

from playwright.async_api import Page, async_playwright

from bench.chromium import VISITOR_FLAGS
from bench.product import product

_LISTEN = """
() => {
  window.latencies = [];
  const open = [];
  let clicked = 0;
  document.addEventListener("click", () => { clicked = performance.now(); }, true);
  gooddata.on("event", (event) => { if (event.name === "$click") open.push([event.id, clicked]); });
  gooddata.on("intelligence", (message) => {
    while (open.length && open[0][0] <= message.last_event) window.latencies.push(performance.now() - open.shift()[1]);
  });
}
"""


async def measure(page: Page, url: str, clicks: int) -> list[float]:
    """Milliseconds from click to score, one for each click, on the demo shop at `url`."""
    await page.goto(f"{url}/demo/")
    await page.wait_for_function("window.gooddata && window.gooddata.visitor && window.gooddata.visitor()")
    await page.evaluate(_LISTEN)
    await page.wait_for_selector("h1, h2")
    for number in range(clicks + 3):
        # The first ones wait for the token, the stream and the model; they do not count.
        if number == 3:
            await page.evaluate("window.latencies.length = 0")
        before = await page.evaluate("window.latencies.length")
        await page.locator("h1, h2").first.click()
        await page.wait_for_function(f"window.latencies.length > {before}", timeout=20_000)
        if number and number % 50 == 0:
            print(f"{number} clicks", file=sys.stderr)
    return await page.evaluate("window.latencies")


def report(latencies: list[float]) -> dict[str, Any]:
    """Milliseconds at the usual quantiles."""
    ordered = sorted(latencies)
    cuts = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
    return {
        "clicks": len(ordered),
        "cores": os.cpu_count(),
        "mean_ms": round(statistics.fmean(ordered), 1),
        "max_ms": round(ordered[-1], 1),
    } | {f"{name}_ms": round(ordered[min(int(cut * len(ordered)), len(ordered) - 1)], 1) for name, cut in cuts.items()}


async def main(clicks: int) -> None:
    with product("--demo") as running:
        async with async_playwright() as playwright:
            chromium = shutil.which("chromium") or shutil.which("google-chrome")
            browser = await playwright.chromium.launch(executable_path=chromium, args=VISITOR_FLAGS)
            page = await browser.new_page(bypass_csp=True)  # its waiting needs eval
            await asyncio.sleep(45)  # the first backfill of the demo, and the first model
            latencies = await measure(page, running["url"], clicks)
            await browser.close()
    print(json.dumps({"bench": "click_to_score"} | report(latencies), indent=2))


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clicks", type=int, default=300)
    asyncio.run(main(options.parse_args().clicks))
