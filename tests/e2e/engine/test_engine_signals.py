"""What the engine notices on a page, seen from the server's side."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.e2e.engine.capture_server import CaptureServer

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
FIELDS = [
    field["name"]
    for field in json.loads((Path(__file__).parents[3] / "gooddata" / "vector.json").read_text())["fields"]
]
LONG = '<div style="height: 4000px"></div>'


def named(vector: list[float]) -> dict[str, float]:
    return dict(zip(FIELDS, vector, strict=True))


def paths(capture: CaptureServer) -> list[str]:
    return [event["context"]["page"]["path"] for event in capture.events("page")]


async def test_a_load_is_a_page_view_with_its_context(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    url = capture.page("/landing", title="Landing")
    await page.goto(f"{url}?utm_source=news&utm_campaign=spring&gclid=abc&session=secret#part", referer=capture.url)
    [view] = await eventually(lambda: capture.events("page"))

    assert UUID7.fullmatch(view["id"])
    assert UUID7.fullmatch(view["visitor"])
    assert UUID7.fullmatch(view["session"])
    context = view["context"]
    assert context["page"] == {
        "path": "/landing",
        "url": f"{url}?utm_source=news&utm_campaign=spring",
        "title": "Landing",
        "referrer": f"{capture.url}/",
    }
    assert context["campaign"] == {"source": "news", "name": "spring", "click_id": "gclid"}
    assert context["library"]["name"] == "gooddata.js"
    assert context["vector_version"] == 2
    assert context["locale"] == await page.evaluate("navigator.language")


async def test_single_page_navigation_is_a_page_view_where_the_path_changes(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    url = capture.page("/app", title="App")
    await page.goto(url)
    await page.evaluate("history.pushState({}, '', '/app/one'); document.title = 'One'")
    await page.evaluate("history.pushState({}, '', '/app/one?filter=2')")
    await page.evaluate("history.replaceState({}, '', '/app/two#top')")
    await page.evaluate("history.back()")
    await eventually(lambda: len(capture.events("page")) >= 4)

    assert paths(capture) == ["/app", "/app/one", "/app/two", "/app/one"]
    one = capture.events("page")[1]["context"]["page"]
    assert (one["title"], one["referrer"]) == ("One", url)


async def test_a_redirect_in_the_same_task_is_one_page_view(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    await page.goto(capture.page("/app"))
    await page.evaluate("history.pushState({}, '', '/app/login'); history.replaceState({}, '', '/app/home')")
    await eventually(lambda: len(capture.events("page")) >= 2)
    assert paths(capture) == ["/app", "/app/home"]


async def test_what_a_page_tracks_on_arrival_comes_after_its_page_view(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    await page.goto(capture.page("/app"))
    await page.evaluate("history.pushState({}, '', '/app/tea'); gooddata.track('Product Viewed', { price: 5 })")
    [viewed] = await eventually(lambda: capture.events("Product Viewed"))
    assert viewed["context"]["page"]["path"] == "/app/tea"
    assert viewed["properties"] == {"price": 5}
    names = [event.get("name", event["type"]) for event in capture.events()]
    assert names.index("Product Viewed") == len(names) - 1
    assert names.count("page") == 2


async def test_a_return_from_the_back_forward_cache_is_a_page_view(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    first, second = capture.page("/first"), capture.page("/second")
    await page.goto(first)
    await page.evaluate("window.alive = true")
    await eventually(lambda: len(capture.events("page")) >= 1)
    await page.goto(second)
    await eventually(lambda: len(capture.events("page")) >= 2)
    await page.evaluate("setTimeout(() => history.back(), 0)")
    await eventually(lambda: len(capture.events("page")) >= 3)

    assert paths(capture) == ["/first", "/second", "/first"]
    assert await page.evaluate("window.alive"), "the page was loaded again, so nothing was tested"
    assert capture.events("page")[2]["properties"] == {"navigation": "restore"}


async def test_a_click_is_one_event_that_says_where_and_not_what(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    url = capture.page(
        "/shop",
        body="""<main><form id="order"><p>Some text</p><p>
        <button id="user-4711" role="tab" data-name="Ada" title="Ada's"><b>Buy for Ada</b></button></p></form>
        <a href="https://example.org/path?mail=ada@example.org#x" onclick="event.preventDefault()"><i>out</i></a>
        <a href="mailto:ada@example.org" onclick="event.preventDefault()">mail</a>
        <label>Colour <input type="radio" name="colour" value="teal"></label></main>""",
    )
    await page.goto(url)
    for target in ("b", "i", "text=mail", "text=Colour"):
        await page.click(target)
    await page.evaluate("document.querySelector('b').click()")
    await eventually(lambda: len(capture.events("$click")) >= 4)

    clicks = [event["properties"] for event in capture.events("$click")]
    assert clicks == [
        {"tag": "button", "role": "tab", "path": "form#order>p:2>button:1"},
        {"tag": "a", "path": "main:1>a:2", "href": "example.org/path"},
        {"tag": "a", "path": "main:1>a:3"},
        {"tag": "input", "path": "main:1>label:4>input:1"},
    ]
    assert all(UUID7.fullmatch(event["id"]) for event in capture.events("$click"))
    assert "da" not in json.dumps(clicks)


async def test_the_vector_counts_what_happened_on_the_page_view(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    await page.set_viewport_size({"width": 800, "height": 500})
    await page.goto(capture.page("/long", body=f"<p id=text>words</p><input>{LONG}"))
    await page.mouse.move(10, 10)
    await page.mouse.move(310, 410, steps=5)
    await page.focus("input")
    await page.keyboard.type("abc")
    await page.click("#text", click_count=2)
    await page.keyboard.press("Control+c")
    for top in (600, 1200, 1800, 900):
        await page.evaluate(f"scrollTo(0, {top})")
        await page.wait_for_timeout(60)
    await page.evaluate("document.body.click(); scrollTo(0, 0)")
    await page.wait_for_timeout(60)
    await page.click("#text")
    clicks = await eventually(lambda: len(capture.events("$click")) >= 3 and capture.events("$click"))

    vector = named(clicks[-1]["vector"])
    assert vector["clicks"] == 3
    assert vector["form_fields"] == 1
    assert vector["copies"] == 1
    assert vector["scroll_distance"] > 1000
    height = await page.evaluate("document.documentElement.scrollHeight")
    assert abs(vector["scroll_depth"] - 100 * 2300 / height) < 1
    assert abs(vector["document_screens"] - height / 500) < 0.1
    assert vector["pointer_distance"] >= 500
    assert vector["visit_pages"] == 1
    assert 0 < vector["engaged_ms"] <= vector["elapsed_ms"] <= vector["visit_ms"] + 50


async def test_scroll_depth_is_of_the_height_that_the_document_has_now(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    await page.set_viewport_size({"width": 800, "height": 500})
    await page.goto(capture.page("/feed", body='<p id="text">x</p><div id="feed" style="height: 1000px"></div>'))
    await page.evaluate("scrollTo(0, 5000)")
    await page.wait_for_timeout(60)
    await page.evaluate("scrollTo(0, 0)")
    await page.click("#text")
    await page.evaluate("document.querySelector('#feed').style.height = '9000px'")
    await page.click("#text")
    clicks = await eventually(lambda: len(capture.events("$click")) >= 2 and capture.events("$click"))
    before, after = (named(click["vector"])["scroll_depth"] for click in clicks)
    assert before == 100
    assert 8 < after < 15


async def test_engagement_is_the_time_seen_and_focused_and_is_reported_when_the_page_is_left(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    await page.goto(capture.page("/read", body=LONG))
    await page.wait_for_timeout(400)
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    window = await devtools.send("Browser.getWindowForTarget")
    await devtools.send(
        "Browser.setWindowBounds", {"windowId": window["windowId"], "bounds": {"windowState": "minimized"}}
    )
    await page.wait_for_function("!document.hasFocus()")
    await page.wait_for_timeout(600)
    await page.goto("about:blank")
    [engagement] = await eventually(lambda: capture.events("$engagement"))

    assert engagement["context"]["page"]["path"] == "/read"
    vector = named(engagement["vector"])
    assert engagement["properties"]["engaged_ms"] == pytest.approx(vector["engaged_ms"], abs=0.5)
    assert 350 <= vector["engaged_ms"] <= vector["elapsed_ms"] - 500
    assert engagement["properties"]["scroll_depth"] == pytest.approx(vector["scroll_depth"], abs=0.5)


async def test_engagement_of_a_single_page_view_belongs_to_the_page_that_was_left(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    await page.goto(capture.page("/app"))
    await page.evaluate("gooddata.visitor()")  # by which the library begins, however busy the machine is
    # Longer than the second view: what was engaged before would be too much for it.
    await page.wait_for_timeout(1_000)
    arrived = time.monotonic()
    await page.evaluate("history.pushState({}, '', '/app/two')")
    await page.wait_for_timeout(300)
    await page.evaluate("history.pushState({}, '', '/app/three')")
    stayed_ms = 1_000 * (time.monotonic() - arrived)
    await eventually(lambda: len(capture.events("page")) >= 3)

    engaged = {
        event["context"]["page"]["path"]: event["properties"]["engaged_ms"] for event in capture.events("$engagement")
    }
    assert engaged.keys() == {"/app", "/app/two"}
    assert engaged["/app"] >= 990
    assert 290 <= engaged["/app/two"] <= stayed_ms


async def test_a_visit_and_a_visitor_last_over_loads_and_a_reset_ends_both(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    await page.goto(capture.page("/one"))
    await page.goto(capture.page("/two"))
    await page.evaluate("gooddata.identify('u1', { plan: 'pro' }); gooddata.track('Before', {})")
    await page.evaluate("gooddata.reset(); gooddata.track('After', {})")
    await eventually(lambda: capture.events("After"))

    first, second = capture.events("page")
    [identified], [before], [after] = (capture.events(name) for name in ("identify", "Before", "After"))
    assert first["visitor"] == second["visitor"] == before["visitor"] == identified["visitor"] != after["visitor"]
    assert first["session"] == second["session"] == before["session"] != after["session"]
    assert (identified["user"], identified["traits"]) == ("u1", {"plan": "pro"})
    assert (before["user"], after.get("user")) == ("u1", None)
    assert await page.evaluate("gooddata.visitor()") == after["visitor"]
    assert all(len({event["visitor"] for event in request.events}) == 1 for request in capture.batches())


async def test_a_signal_that_is_switched_off_is_not_watched(
    page: Page, capture: CaptureServer, eventually: Callable[..., Any]
) -> None:
    body = '<input><button id="buy">Buy</button>' + LONG
    await page.goto(capture.page("/", body=body, attributes=' data-off="form scroll"'))
    await page.mouse.wheel(0, 1000)
    await page.fill("input", "a")
    await page.click("#buy")
    [click] = await eventually(lambda: capture.events("$click"))

    numbers = named(click["vector"])
    assert (numbers["form_fields"], numbers["scroll_depth"], numbers["clicks"]) == (0, 0, 1)
