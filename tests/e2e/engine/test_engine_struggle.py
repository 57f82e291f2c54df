"""Clicks that fail, a shaken mouse, ways out and back: each signal where it is one, and where it only looks so."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Page

from tests.e2e.engine.capture_server import CaptureServer
from tests.e2e.engine.conftest import Profile
from tests.e2e.engine.test_engine_signals import LONG, named

ANSWER_SECONDS = 2.5
SHAKE_SECONDS = 1.5

Eventually = Callable[..., Any]


async def settle(page: Page, capture: CaptureServer, eventually: Eventually) -> None:
    """Waits until all that was noticed so far has arrived: what is tracked last comes last."""
    await page.evaluate("gooddata.track('settled')")
    assert await eventually(lambda: capture.events("settled"))


async def test_three_quick_clicks_on_one_thing_are_rage_once_a_burst(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/", body='<button id="buy">Buy</button><button id="other">Other</button>'))
    await page.click("#buy", click_count=2)
    await page.click("#other", click_count=2)
    await page.click("#buy", click_count=5, delay=20)
    [rage] = await eventually(lambda: capture.events("$rage_click"))
    await settle(page, capture, eventually)

    assert len(capture.events("$rage_click")) == 1
    assert rage["properties"]["path"] == "button#buy"
    assert named(rage["vector"])["rage_clicks"] == 1


async def test_slow_clicks_and_clicks_that_select_text_are_no_rage(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/", body='<button id="next">Next</button><p id="text">Some words to select</p>'))
    for _ in range(4):
        await page.click("#next")
        await asyncio.sleep(0.6)
    await page.click("#text", click_count=3)
    await settle(page, capture, eventually)
    assert capture.events("$rage_click") == []


@pytest.mark.parametrize(
    "body",
    [
        '<button id="it">Nothing</button>',
        '<a id="it" href="#">Nowhere</a>',
        '<div id="it" style="cursor: pointer">Looks like one</div>',
        '<span id="it" role="button">Nothing</span>',
        '<input id="it" type="button" value="Nothing">',
    ],
)
async def test_a_click_that_nothing_answers_is_dead(
    body: str, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/", body=body))
    await page.click("#it")
    [dead] = await eventually(lambda: capture.events("$dead_click"), within=8)
    assert dead["properties"]["path"].endswith("#it")
    assert named(dead["vector"])["dead_clicks"] == 1


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("changes the page", """<button id="it" onclick="this.title='x'">A</button>"""),
        (
            "changes it a second later",
            """<button id="it" onclick="setTimeout(() => this.append('x'), 1000)">A</button>""",
        ),
        ("scrolls", f"""<button id="it" onclick="window.scrollTo(0, 900)">A</button>{LONG}"""),
        ("jumps within the page", f"""<a id="it" href="#end">A</a>{LONG}<p id="end">End</p>"""),
        ("moves the focus", """<button id="it" onclick="field.focus()">A</button><input id="field">"""),
        ("is a field", """<input id="it">"""),
        ("is a choice", """<select id="it"><option>A</select>"""),
        ("is a checkbox", """<input type="checkbox" id="it">"""),
        ("opens another tab", """<a id="it" href="/other" target="_blank">A</a>"""),
        ("writes a letter", """<a id="it" href="mailto:a@example.com">A</a>"""),
        ("is text", """<p id="it">Words</p>"""),
        ("unfolds", """<details><summary id="it">A</summary>B</details>"""),
    ],
)
async def test_a_click_that_is_answered_is_not_dead(
    what: str, body: str, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    capture.page("/other")
    await page.goto(capture.page("/", body=body))
    await page.click("#it")
    await asyncio.sleep(ANSWER_SECONDS + 0.3)
    await settle(page, capture, eventually)
    assert capture.events("$click")
    assert capture.events("$dead_click") == [], what


async def test_a_shaken_mouse_is_noticed_and_one_that_wanders_is_not(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/"))
    for x in (100, 400, 300, 500):
        await page.mouse.move(x, 100, steps=4)
    await settle(page, capture, eventually)
    assert capture.events("$cursor_thrash") == []
    # The turns of the wandering are no part of the shake, however quick this machine is.
    await asyncio.sleep(SHAKE_SECONDS + 0.1)
    for turn in range(8):
        await page.mouse.move(100 + 200 * (turn % 2), 100, steps=3)
    [thrash] = await eventually(lambda: capture.events("$cursor_thrash"))
    assert named(thrash["vector"])["cursor_thrashes"] == 1


async def test_a_mouse_that_leaves_through_the_top_is_exit_intent_once_a_page_view(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/", body="<p>Words</p>" + LONG))
    leave = (
        "(y) => document.querySelector('p')"
        ".dispatchEvent(new MouseEvent('mouseout', { bubbles: true, relatedTarget: null, clientY: y }))"
    )
    await page.evaluate(leave, 300)  # through a side
    await page.mouse.move(50, 50)
    await page.mouse.move(50, 20)
    await settle(page, capture, eventually)
    assert capture.events("$exit_intent") == []
    for _ in range(2):
        await page.evaluate(leave, -3)
    [exit_] = await eventually(lambda: capture.events("$exit_intent"))
    assert named(exit_["vector"])["exit_intents"] == 1
    await page.evaluate("history.pushState({}, '', '/next')")
    await eventually(lambda: len(capture.events("page")) == 2)
    await page.evaluate(leave, -3)
    assert await eventually(lambda: len(capture.events("$exit_intent")) == 2)


async def test_of_copies_and_selections_only_the_length_is_told(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/", body='<p id="text">secretword and</p><input id="field" value="hiddenvalue">'))
    await page.dblclick("#text", position={"x": 10, "y": 5})
    await page.keyboard.press("Control+C")
    [copy] = await eventually(lambda: capture.events("$copy"))
    [selection] = await eventually(lambda: capture.events("$selection"))
    assert copy["properties"] == {"chars": len("secretword")}
    assert selection["properties"] == {"chars": len("secretword")}
    assert named(selection["vector"])["selections"] == 1
    await page.focus("#field")
    await page.keyboard.press("Control+A")
    await page.keyboard.press("Control+C")
    assert await eventually(lambda: len(capture.events("$copy")) == 2)
    await asyncio.sleep(0.9)
    assert capture.events("$copy")[1]["properties"] == {"chars": 0}
    assert len(capture.events("$selection")) == 1
    assert not any(word in request.body for request in capture.batches() for word in (b"secretword", b"hiddenvalue"))


@pytest.mark.parametrize(
    ("link", "name", "properties"),
    [
        ('href="http://shop.example/a?u=me#x"', "$outbound", {"href": "shop.example/a"}),
        ('href="http://me:secret@shop.example/a"', "$outbound", {"href": "shop.example/a"}),
        ('href="/files/Terms.PDF?token=1"', "$download", {"href": "{host}/files/Terms.PDF", "extension": "PDF"}),
        ('href="http://shop.example/a.zip"', "$download", {"href": "shop.example/a.zip", "extension": "zip"}),
        ('href="/export" download', "$download", {"href": "{host}/export"}),
        ('href="/inside"', None, None),
        ('href="mailto:me@example.com"', None, None),
        ('href="javascript:void 0"', None, None),
    ],
)
@pytest.mark.parametrize("how", ["click", "middle", "enter"])
async def test_links_to_other_sites_and_to_files_are_told(
    link: str,
    name: str | None,
    properties: dict[str, str] | None,
    how: str,
    page: Page,
    capture: CaptureServer,
    eventually: Eventually,
) -> None:
    # The page stays where it is: what is followed is not the matter here.
    body = f'<a id="it" {link}>Link</a><script>onclick = onauxclick = (event) => event.preventDefault()</script>'
    await page.goto(capture.page("/", body=body))
    if how == "enter":
        await page.focus("#it")
        await page.keyboard.press("Enter")
    else:
        await page.click("#it", button="middle" if how == "middle" else "left")
    await settle(page, capture, eventually)
    told = [event for event in capture.events() if event.get("name") in ("$outbound", "$download")]
    host = capture.url.removeprefix("http://")
    expected = properties and {field: value.format(host=host) for field, value in properties.items()}
    assert [(event["name"], event["properties"]) for event in told] == ([(name, expected)] if name else [])


async def test_who_goes_back_at_once_has_gone_back_quickly_within_an_application(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/list"))
    await page.evaluate("history.pushState({}, '', '/item')")
    await eventually(lambda: len(capture.events("page")) == 2)
    await page.evaluate("history.back()")
    [back] = await eventually(lambda: capture.events("$quick_back"))
    assert 0 <= back["properties"]["away_ms"] < 5000
    assert back["context"]["page"]["path"] == "/list"
    assert named(back["vector"])["visit_quick_backs"] == 1


@pytest.mark.parametrize("cached", [True, False])
async def test_who_goes_back_at_once_has_gone_back_quickly_between_loads(
    cached: bool, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    # Chromium does not keep a page that wants to hear of its end.
    unload = "" if cached else "<script>addEventListener('unload', () => {})</script>"
    capture.page("/item")
    await page.goto(capture.page("/list", head=unload))
    await page.goto(f"{capture.url}/item")
    await eventually(lambda: len(capture.events("page")) == 2)
    await page.evaluate("setTimeout(() => history.back())")
    [back] = await eventually(lambda: capture.events("$quick_back"))
    assert back["context"]["page"]["path"] == "/list"
    view = capture.events("page")[-1]
    assert view["properties"]["navigation"] == ("restore" if cached else "load")


async def test_who_stays_before_going_back_has_not_gone_back_quickly(
    profile: Profile, capture: CaptureServer, eventually: Eventually
) -> None:
    page = await profile.context.new_page()
    await page.clock.install()
    await page.goto(capture.page("/list"))
    await page.evaluate("history.pushState({}, '', '/item')")
    await page.clock.run_for(6_000)
    await page.evaluate("history.back()")
    await page.clock.run_for(1_000)
    await eventually(lambda: len(capture.events("page")) == 3)
    assert len(capture.events("page")) == 3
    assert capture.events("$quick_back") == []


async def test_the_navigation_api_makes_page_views_and_each_only_one(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/app", body="<script>navigation.onnavigate = (e) => e.intercept()</script>"))
    await page.evaluate("navigation.navigate('/app/one').finished.then(() => {})")
    assert await eventually(lambda: len(capture.events("page")) == 2)
    await page.evaluate("history.pushState({}, '', '/app/two')")
    assert await eventually(lambda: len(capture.events("page")) == 3)
    await page.evaluate("navigation.back().finished.then(() => {})")
    assert await eventually(lambda: len(capture.events("page")) == 4)
    await settle(page, capture, eventually)
    views = [(view["context"]["page"]["path"], view["properties"]["navigation"]) for view in capture.events("page")]
    assert views == [("/app", "load"), ("/app/one", "history"), ("/app/two", "history"), ("/app/one", "pop")]
