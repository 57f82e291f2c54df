"""The engine in Debian's Firefox, driven by WebDriver BiDi: what it collects there, and how it gets through."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.engine.capture_server import Answer, CaptureServer

Eventually = Callable[..., Any]
_DRIVER = Path(__file__).parent / "firefox.mjs"
_CHECKOUT = Path(__file__).parents[3]


class Tab:
    """A tab of the browser, by its number."""

    def __init__(self, driver: asyncio.subprocess.Process, number: int) -> None:
        self._driver = driver
        self._number = number

    async def do(self, action: str, argument: Any = None) -> Any:
        """Raises AssertionError with the browser's words where it cannot be done."""
        assert self._driver.stdin is not None and self._driver.stdout is not None
        self._driver.stdin.write(json.dumps({"page": self._number, "do": action, "with": argument}).encode() + b"\n")
        return await _answer(self._driver, 30)

    async def evaluate(self, source: str) -> Any:
        return await self.do("evaluate", source)

    async def click(self, selector: str, count: int = 1) -> None:
        """A click of the mouse on the middle of an element."""
        box = await self.evaluate(
            f"(() => {{ const b = document.querySelector({selector!r}).getBoundingClientRect();"
            " return [b.x + b.width / 2, b.y + b.height / 2] })()"
        )
        await self.do("click", [*box, count])


async def _answer(driver: asyncio.subprocess.Process, seconds: float) -> Any:
    assert driver.stdout is not None
    async with asyncio.timeout(seconds):
        answer = json.loads(await driver.stdout.readline())
    assert "error" not in answer, answer["error"]
    return answer.get("value")


@pytest.fixture(scope="module")
async def firefox() -> AsyncIterator[asyncio.subprocess.Process]:
    """A new Firefox with a new profile. The first of a machine may take a minute to be there."""
    path = shutil.which("firefox-esr") or shutil.which("firefox")
    if path is None:
        assert not os.environ.get("CI"), "the browser tests need Firefox"
        pytest.skip("there is no Firefox; install Debian's package firefox-esr")
    pipe = asyncio.subprocess.PIPE
    driver = await asyncio.create_subprocess_exec("node", str(_DRIVER), path, stdin=pipe, stdout=pipe, cwd=_CHECKOUT)
    assert await _answer(driver, 120) == "ready"
    yield driver
    assert driver.stdin is not None
    driver.stdin.close()
    await driver.wait()


@pytest.fixture
async def tabs(firefox: asyncio.subprocess.Process) -> AsyncIterator[list[Tab]]:
    """Two tabs, each opened with the first that it does; what an earlier test stored is of another origin."""
    tabs = [Tab(firefox, number) for number in range(2)]
    yield tabs
    for tab in tabs:
        await tab.do("close")


BODY = """<style>body { height: 4000px } #dead { cursor: pointer }</style>
<a href="/next">next</a> <button onclick="this.textContent += '!'">works</button> <div id="dead">looks alive</div>
<form onsubmit="event.preventDefault()"><input id="mail"><button id="send">send</button></form>"""


async def test_the_signals_are_those_of_chromium(
    tabs: list[Tab], capture: CaptureServer, eventually: Eventually
) -> None:
    tab = tabs[0]
    capture.page("/next")
    await tab.do("goto", capture.page("/page", body=BODY) + "?utm_source=letter&secret=1")
    [view] = await eventually(lambda: capture.events("page"))
    assert view["context"]["page"]["url"] == f"{capture.url}/page?utm_source=letter"
    assert view["context"]["automation"] is True

    await tab.click("button", 3)
    [rage] = await eventually(lambda: capture.events("$rage_click"))
    assert rage["properties"]["tag"] == "button"
    await tab.click("#mail")
    await tab.do("type", "secret")
    await tab.click("#send")
    [sent] = await eventually(lambda: capture.events("$form_submit"))
    assert [field["path"] for field in sent["properties"]["fields"]] == ["input#mail"]
    await tab.click("#dead")
    assert await eventually(lambda: capture.events("$dead_click"), within=5)
    await tab.evaluate("void setTimeout(() => { throw new Error('host failed') })")
    assert await eventually(lambda: capture.events("$error"))
    await tab.evaluate("scrollTo(0, 1500)")
    await tab.evaluate("void history.pushState({}, '', '/second')")
    assert await eventually(lambda: len(capture.events("page")) == 2)
    await tab.evaluate("scrollTo(0, 0)")
    await tab.click("a")
    assert await eventually(lambda: len(capture.events("page")) == 3)
    assert await eventually(lambda: capture.events("$web_vitals"))
    assert "secret" not in "".join(request.body.decode() for request in capture.batches())
    ids = [event["id"] for event in capture.events()]
    assert len(set(ids)) == len(ids)


async def test_a_refusal_for_now_and_a_page_that_goes_lose_nothing(
    tabs: list[Tab], capture: CaptureServer, eventually: Eventually
) -> None:
    tab = tabs[0]
    capture.page("/next")
    await tab.do("goto", capture.page("/page"))
    await eventually(lambda: capture.events("page"))
    capture.answers.append(Answer(503, {"Retry-After": "1"}))
    await tab.evaluate("gooddata.track('Again')")
    assert await eventually(lambda: capture.events("Again"), within=6)
    await tab.evaluate("gooddata.track('Bye'); location.href = '/next'; undefined")
    assert await eventually(lambda: capture.events("Bye"))
    assert await eventually(lambda: len(capture.events("page")) == 2)
    capture.down = True
    await tab.evaluate("gooddata.track('Unsent')")
    await eventually(lambda: [each for each in capture.batches() if b"Unsent" in each.body])
    await tab.do("goto", "about:blank")
    capture.down = False
    await tab.do("goto", f"{capture.url}/page")
    assert await eventually(lambda: capture.events("Unsent"), within=5)


async def test_intent_is_told_and_tabs_share_a_stream(
    tabs: list[Tab], capture: CaptureServer, eventually: Eventually
) -> None:
    capture.page("/page")
    for tab in tabs:
        await tab.do("goto", f"{capture.url}/page")
        await tab.evaluate(
            "window.heard = []; gooddata.on('intelligence', (scores) => heard.push(scores));"
            "gooddata.on('intent', (intent) => { window.intent = intent }); undefined"
        )
    assert await eventually(lambda: capture.streams)
    await asyncio.sleep(0.5)
    assert len(capture.streams) == 1
    capture.push({"computed_at": "2026-01-01T00:00:01Z"})
    visible = [tab for tab in tabs if await tab.evaluate("!document.hidden")]
    await asyncio.sleep(1.5)
    for tab in visible:
        assert await tab.evaluate("heard.length") == 1
        intent = await tab.evaluate("intent")
        assert sum(intent["probabilities"].values()) == pytest.approx(1)
        assert intent["trained"] is False
