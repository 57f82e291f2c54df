"""Web Vitals, beside the `web-vitals` library on the same pages in the same browser."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.e2e.engine.capture_server import CaptureServer
from tests.e2e.engine.test_engine_signals import named

LIBRARY = Path(__file__).parents[3] / "node_modules" / "web-vitals" / "dist" / "web-vitals.iife.js"
REFERENCE = """
const seen = {};
for (const on of ["onCLS", "onINP", "onLCP", "onFCP", "onTTFB"]) {
  webVitals[on](({ name, value }) => { seen[name] = value; localStorage.reference = JSON.stringify(seen); },
                { reportAllChanges: true });
}
"""
NAMES = {"cls": "CLS", "inp_ms": "INP", "lcp_ms": "LCP", "fcp_ms": "FCP", "ttfb_ms": "TTFB"}

SHIFTS = """
<div id="pad"></div><p>Text that is pushed about</p><p>More</p>
<script>
  const push = (px) => { pad.style.height = px + "px" };
  [[300, 40], [700, 90], [2300, 200], [2600, 260], [4500, 280]].forEach(([at, px]) => setTimeout(push, at, px));
</script>"""
SLOW = """
<button id="slow">Slow</button><input id="field">
<script>
  const work = (ms) => { const end = performance.now() + ms; while (performance.now() < end); };
  slow.onclick = () => work(180);
  field.onkeydown = () => work(90);
</script>"""
LATE = """<p>First</p><script>new PerformanceObserver(() => setTimeout(() => {
  document.body.insertAdjacentHTML("beforeend", "<h1 style='font-size: 90px'>A large title that comes late</h1>")
}, 400)).observe({ type: "paint", buffered: true })</script>"""
IMAGE = """<p>Words</p><img width="600" height="400" src="data:image/svg+xml,
%3Csvg xmlns='http://www.w3.org/2000/svg' width='600' height='400'%3E%3Crect width='600' height='400' fill='teal'/%3E
%3Ccircle cx='99' cy='99' r='77'/%3E%3C/svg%3E">"""


async def open_both(page: Page, capture: CaptureServer, body: str) -> None:
    capture.page("/away")
    await page.goto(
        capture.page("/", body=body, head=f"<script>{LIBRARY.read_text()}</script><script>{REFERENCE}</script>")
    )


async def hide(page: Page) -> None:
    """As when the tab is put in the background; both libraries listen for nothing else."""
    await page.evaluate(
        "Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
        "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });"
        "document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))"
    )


async def compared(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any], *required: str
) -> tuple[dict[str, float], dict[str, float]]:
    """Ours and the reference's, once both have seen the page hide."""
    await hide(page)
    vitals = await eventually(lambda: capture.events("$web_vitals"))
    ours = vitals[-1]["properties"]
    reference: dict[str, float] = await page.evaluate("JSON.parse(localStorage.reference)")
    assert set(required) <= {NAMES[name] for name in ours} & set(reference)
    for name, value in ours.items():
        if NAMES[name] in reference:
            assert value == pytest.approx(reference[NAMES[name]], rel=0.01, abs=1e-4), name
    assert set(reference) <= {NAMES[name] for name in ours}
    return ours, reference


async def test_largest_paint_of_an_image(page: Page, capture: CaptureServer, eventually: Callable[..., Any]) -> None:
    await open_both(page, capture, IMAGE)
    await asyncio.sleep(0.6)
    ours, _ = await compared(page, capture, eventually, "LCP", "FCP", "TTFB", "CLS")
    assert ours["lcp_ms"] > 0 and ours["fcp_ms"] > 0 and ours["ttfb_ms"] > 0


async def test_largest_paint_of_text_that_comes_late(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    await open_both(page, capture, LATE)
    await page.wait_for_selector("h1")
    await asyncio.sleep(0.6)
    ours, _ = await compared(page, capture, eventually, "LCP")
    assert ours["lcp_ms"] > ours["fcp_ms"] + 300


async def test_layout_shifts_count_by_windows(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    await open_both(page, capture, SHIFTS)
    await asyncio.sleep(5.2)
    ours, reference = await compared(page, capture, eventually, "CLS")
    assert ours["cls"] == pytest.approx(reference["CLS"], rel=0.01)
    every_shift = await page.evaluate(
        "new Promise((done) => new PerformanceObserver((list) => "
        "done(list.getEntries().reduce((sum, { value }) => sum + value, 0)))"
        ".observe({ type: 'layout-shift', buffered: true }))"
    )
    assert 0 < ours["cls"] < every_shift  # the windows matter on this page


async def test_slow_clicks_and_keys_are_the_interaction_to_next_paint(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    await open_both(page, capture, SLOW)
    await page.focus("#field")
    await page.keyboard.type("abc", delay=30)
    await page.click("#slow")
    await asyncio.sleep(0.5)
    ours, reference = await compared(page, capture, eventually, "INP")
    assert ours["inp_ms"] == reference["INP"] >= 180


async def test_of_many_interactions_the_slowest_of_fifty_is_left_out(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    await open_both(page, capture, SLOW.replace("work(90)", "work(45)").replace("work(180)", "work(600)"))
    await page.click("#slow")
    await page.focus("#field")
    for _ in range(60):
        await page.keyboard.press("a")
    await asyncio.sleep(0.5)
    ours, _ = await compared(page, capture, eventually, "INP")
    assert 40 <= ours["inp_ms"] < 600


async def test_the_vector_has_them_as_they_are_then(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    await open_both(page, capture, SHIFTS + SLOW)
    await asyncio.sleep(1)
    await page.click("#slow")
    await asyncio.sleep(0.4)
    await page.click("#slow")
    await eventually(lambda: len(capture.events("$click")) == 2)
    vector = named(capture.events("$click")[1]["vector"])
    assert vector["lcp_ms"] > 0
    assert vector["cls_milli"] > 0
    assert vector["inp_ms"] >= 180


async def test_values_are_told_again_only_where_one_has_changed(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    await open_both(page, capture, SLOW)
    await asyncio.sleep(0.3)
    for _ in range(2):
        await hide(page)
    await page.evaluate("gooddata.track('settled')")
    await eventually(lambda: capture.events("settled"))
    assert len(capture.events("$web_vitals")) == 1
    await page.click("#slow")
    await asyncio.sleep(0.4)
    await hide(page)
    await eventually(lambda: len(capture.events("$web_vitals")) == 2)
    assert capture.events("$web_vitals")[1]["properties"]["inp_ms"] >= 180


async def test_a_page_that_comes_back_from_the_cache_begins_anew(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    await open_both(page, capture, SHIFTS)
    await asyncio.sleep(1)
    await page.goto(f"{capture.url}/away")
    await page.evaluate("setTimeout(() => history.back())")
    await eventually(lambda: len(capture.events("page")) == 3)
    await asyncio.sleep(0.5)
    await hide(page)
    restored = await eventually(
        lambda: [event for event in capture.events("$web_vitals") if event["properties"]["ttfb_ms"] == 0]
    )
    reference = await page.evaluate("JSON.parse(localStorage.reference)")
    ours = restored[-1]["properties"]
    assert ours["lcp_ms"] == pytest.approx(reference["LCP"], abs=20)  # both wait for frames of their own
    assert ours["fcp_ms"] == pytest.approx(reference["FCP"], abs=20)


async def test_what_is_painted_in_the_background_is_no_vital(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    await page.add_init_script("Object.defineProperty(document, 'hidden', { value: true })")
    await page.goto(capture.page("/", body=IMAGE))
    await asyncio.sleep(0.4)
    await page.goto(capture.page("/next"))
    await eventually(lambda: len(capture.events("page")) == 2)
    assert capture.events("$web_vitals") == []
