"""A page that Chromium prerenders by speculation rules, which it does only while no debugger is attached."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.chromium import VISITOR_FLAGS
from tests.e2e.engine.capture_server import CaptureServer

RULES = '<script type="speculationrules">{"prerender": [{"urls": ["/next"], "eagerness": "immediate"}]}</script>'
GO = '<a id="next" href="/next">next</a><script>setTimeout(() => next.click(), 2000)</script>'
TELL = """<script>
gooddata = [["track", "Early", { prerendered: document.prerendering }]];
addEventListener("prerenderingchange", () => {
  gooddata.track("Shown", { at: Date.now(), stored: localStorage.length });
}, true);
</script>"""


async def test_a_prerendered_page_is_silent_until_it_is_shown(
    chromium_path: str, tmp_path: Path, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    capture.page("/next", head=TELL)
    start = capture.page("/start", head=RULES, body=GO, attributes=' data-consent="off"')
    flags = ["--headless=new", f"--user-data-dir={tmp_path}", *VISITOR_FLAGS]
    browser = subprocess.Popen([chromium_path, *flags, start], stderr=subprocess.DEVNULL)
    try:
        await eventually(lambda: capture.events("Shown"), within=20)
    finally:
        browser.terminate()
        browser.wait()

    view, early, shown = capture.events()
    assert (view["type"], view["properties"]) == ("page", {"navigation": "load"})
    assert (early["name"], early["properties"]) == ("Early", {"prerendered": True}), "nothing was tested"
    assert shown["properties"]["stored"] == 0
    assert view["timestamp"] >= shown["properties"]["at"]
