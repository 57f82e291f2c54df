"""One visit to the page, as a hurried person makes it, on a processor that is four times slower; with its trace."""

import json
from typing import Any

import msgspec
from playwright.async_api import Browser, Page

SLOWER = 4
_CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel", "v8"]
# Event Timing tells durations in steps of 8 ms.
_NOTE_INTERACTIONS = """
window.interactions = new Map();
new PerformanceObserver((list) => {
  for (const { interactionId, duration } of list.getEntries()) {
    if (interactionId) interactions.set(interactionId, Math.max(duration, interactions.get(interactionId) ?? 0));
  }
}).observe({ type: "event", durationThreshold: 16 });
"""


class Visit(msgspec.Struct, frozen=True):
    """`trace` holds Chromium's trace events, `interactions_ms` the durations of the interactions of 16 ms or more."""

    trace: list[dict[str, Any]]
    interactions_ms: list[float]


async def visit(browser: Browser, url: str) -> Visit:
    """Loads the page in a profile of its own, and does what `_act` does."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    await page.add_init_script(_NOTE_INTERACTIONS)
    session = await context.new_cdp_session(page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await browser.start_tracing(page=page, categories=_CATEGORIES)
    await page.goto(url, wait_until="load")
    await page.wait_for_selector(".card.seen")
    await page.wait_for_timeout(1500)
    await _act(page)
    interactions = await page.evaluate("[...interactions.values()]")
    await page.goto("about:blank")
    trace = json.loads(await browser.stop_tracing())["traceEvents"]
    await context.close()
    return Visit(trace, interactions)


async def _act(page: Page) -> None:
    for step in range(12):
        await page.mouse.move(100 + 80 * step, 150 + 30 * (step % 5), steps=6)
    for step in range(8):
        await page.mouse.wheel(0, 400 if step < 5 else -600)
        await page.wait_for_timeout(60)
    for place in range(6):
        await page.locator(".add").nth(place).click()
        await page.wait_for_timeout(80)
    await page.click("#mail")
    await page.keyboard.type("somebody", delay=30)
    await page.click("#wish")
    await page.keyboard.type("a longer text", delay=30)
    await page.keyboard.press("Backspace")
    await page.click("#letter button")
    await page.click("#filter")
    await page.keyboard.type("Lamp 1", delay=120)
    await page.locator(".card:not([hidden]) a.name").first.click()
    await page.wait_for_timeout(800)
    await page.mouse.click(640, 790)
    await page.wait_for_timeout(3000)
