"""How a form is filled in, and what goes wrong on the page: told without a word of what was typed."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Page

from tests.e2e.engine.capture_server import CaptureServer
from tests.e2e.engine.conftest import Profile
from tests.e2e.engine.test_engine_signals import named
from tests.e2e.engine.test_engine_struggle import settle

Eventually = Callable[..., Any]

FORM = """
<form id="order" onsubmit="event.preventDefault()">
  <input id="name"><input id="mail" type="email"><textarea id="note"></textarea>
  <div id="rich" contenteditable></div><button>Send</button>
</form>"""


async def test_a_form_is_begun_corrected_and_sent(page: Page, capture: CaptureServer, eventually: Eventually) -> None:
    await page.goto(capture.page("/", body=FORM))
    await page.focus("#name")
    await page.wait_for_timeout(300)
    await page.keyboard.type("Ann")
    await page.keyboard.press("Backspace")
    await page.focus("#mail")
    await page.keyboard.type("a@b.example")
    await page.focus("#name")  # comes back, and changes it once more
    await page.keyboard.type("n")
    await page.focus("#rich")
    await page.keyboard.type("Hi")
    await page.click("button")
    [sent] = await eventually(lambda: capture.events("$form_submit"))
    await settle(page, capture, eventually)

    [start] = capture.events("$form_start")
    assert start["properties"] == {"form": "form#order"}
    assert sent["properties"]["form"] == "form#order"
    name, mail, rich = sent["properties"]["fields"]
    assert [field["path"] for field in (name, mail, rich)] == [
        "input#name",
        "input#mail",
        "div#rich",
    ]
    assert [field["corrections"] for field in (name, mail, rich)] == [2, 0, 0]
    assert name["hesitation_ms"] >= 300 > mail["hesitation_ms"] >= 0
    assert name.keys() == {"path", "hesitation_ms", "corrections"}
    vector = named(sent["vector"])
    assert (vector["form_fields"], vector["form_corrections"], vector["form_submits"]) == (3, 2, 1)
    assert vector["form_hesitation_ms"] >= 300
    await page.evaluate("history.pushState({}, '', '/thanks')")
    await eventually(lambda: len(capture.events("page")) == 2)
    assert capture.events("$form_abandon") == []


@pytest.mark.parametrize("way", ["history", "load"])
async def test_a_form_that_is_left_unsent_is_abandoned(
    way: str, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    capture.page("/away")
    await page.goto(capture.page("/", body=FORM))
    await page.fill("#mail", "a@b.example")
    if way == "load":
        await page.goto(f"{capture.url}/away")
    else:
        await page.evaluate("history.pushState({}, '', '/away')")
    [left] = await eventually(lambda: capture.events("$form_abandon"))
    assert left["properties"]["fields"][0]["path"] == "input#mail"
    assert left["context"]["page"]["path"] == "/"
    assert named(left["vector"])["form_abandons"] == 1


async def test_fields_without_a_form_are_never_abandoned(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/", body='<input id="search"><button id="go">Go</button>'))
    await page.fill("#search", "boots")
    await page.evaluate("history.pushState({}, '', '/found')")
    await eventually(lambda: len(capture.events("page")) == 2)
    await settle(page, capture, eventually)
    assert len(capture.events("$form_start")) == 1
    assert capture.events("$form_abandon") == []


async def test_a_form_that_is_only_looked_at_is_not_begun(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/", body=FORM))
    for field in ("#name", "#mail"):
        await page.focus(field)
    await page.evaluate("history.pushState({}, '', '/away')")
    await eventually(lambda: len(capture.events("page")) == 2)
    assert [event["name"] for event in capture.events() if event.get("name", "").startswith("$form")] == []


async def test_errors_are_told_once_and_without_what_they_quote(
    profile: Profile, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    profile.expected.append("")
    await page.goto(capture.page("/", body='<img src="/missing.png">'))
    await page.evaluate(
        """() => {
          const fail = (message) => setTimeout(() => { throw new TypeError(message) });
          fail('cannot pay with "4111 1111 1111 1111" of ann@example.com, see https://x.example/?card=4111');
          fail('cannot pay with "4111 1111 1111 1111" of ann@example.com, see https://x.example/?card=4111');
          setTimeout(() => Promise.reject(new Error("refused")));
          setTimeout(() => Promise.reject("a text"));
        }"""
    )
    assert await eventually(lambda: len(capture.events("$error")) == 3)
    await settle(page, capture, eventually)
    thrown, *rejected = (event["properties"] for event in capture.events("$error"))
    assert thrown["message"] == "Uncaught TypeError: cannot pay with * of * see https://x.example/*"
    assert (thrown["kind"], thrown["line"] > 0, thrown["column"] > 0) == ("error", True, True)
    assert [(one["kind"], one["message"]) for one in rejected] == [
        ("unhandledrejection", "Error: refused"),
        ("unhandledrejection", "a text"),
    ]
    assert named(capture.events("$error")[-1]["vector"])["errors"] == 3


async def test_a_page_that_throws_without_end_is_not_followed_for_long(
    profile: Profile, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    profile.expected.append("number")
    await page.goto(capture.page("/"))
    await page.evaluate(
        "for (let n = 0; n < 50; n++) setTimeout(() => { throw new Error('number ' + 'abc'.repeat(n)) })"
    )
    await eventually(lambda: len(capture.events("$error")) >= 10)
    await settle(page, capture, eventually)
    assert len(capture.events("$error")) == 10
    assert max(len(event["properties"]["message"]) for event in capture.events("$error")) <= 200
