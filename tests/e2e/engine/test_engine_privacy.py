"""What never leaves the browser, and how a person or a page stops collection."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Page

from tests.e2e.engine.capture_server import Answer, CaptureServer
from tests.e2e.engine.conftest import Profile

Eventually = Callable[..., Any]

CANARY = "canary4711"
FORM = f"""
<form onsubmit="event.preventDefault()">
  <input id="text" name="{CANARY}-name"><input type="email" id="mail"><input type="password" id="password">
  <input type="search" id="search"><input type="tel" id="tel"><input type="hidden" value="{CANARY}-hidden">
  <textarea id="area"></textarea><div id="rich" contenteditable>edit</div>
  <select id="pick"><option>a</option><option value="{CANARY}-option">{CANARY}-label</option></select>
  <input type="checkbox" id="check" value="{CANARY}-value" data-user="{CANARY}-data" aria-label="{CANARY}-aria">
  <button id="user-{CANARY}" class="{CANARY}-class" title="{CANARY}-title">{CANARY}-button</button>
</form>
<p id="copied">{CANARY}-copied</p>
<a href="/form?mail={CANARY}-parameter#{CANARY}-fragment" id="link">{CANARY}-link</a>
<a href="mailto:{CANARY}-mail@example.org" id="mailto">write</a>
"""


async def test_nothing_that_is_typed_or_written_leaves(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    url = capture.page("/form", body=FORM)
    await page.goto(f"{url}?token={CANARY}-token&email={CANARY}%40example.org&utm_source=mail#{CANARY}-hash")
    for field in ("text", "mail", "password", "search", "tel", "area", "rich"):
        await page.click(f"#{field}")
        await page.keyboard.type(f"{CANARY}@example.org")
    await page.select_option("#pick", index=1)
    await page.click("#check")
    await page.click("button")
    await page.click("#copied", click_count=3)
    await page.keyboard.press("Control+c")
    await page.click("#rich")
    await page.keyboard.press("Control+v")
    await page.evaluate("document.querySelector('body > #mailto').addEventListener('click', (e) => e.preventDefault())")
    await page.click("body > #mailto")
    await page.click("body > #link")
    await eventually(lambda: len(capture.events("page")) >= 2)
    await page.goto("about:blank")
    await eventually(lambda: len(capture.events("$engagement")) >= 2)

    assert len(capture.events("$click")) == 15
    for request in capture.batches():
        assert CANARY not in request.body.decode()
        assert CANARY not in str(request.headers)


@pytest.mark.parametrize("stored", [False, True])
async def test_global_privacy_control_means_nothing_collected_stored_or_sent(
    profile: Profile, page: Page, capture: CaptureServer, stored: bool
) -> None:
    if stored:
        await page.goto(capture.page("/before"))
        await page.evaluate("gooddata.identify('u1')")
        await page.wait_for_timeout(300)
        assert await page.evaluate("localStorage.length") == 2
        await page.goto("about:blank")
        await page.wait_for_timeout(100)
    before = len(capture.batches())

    await profile.context.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })")
    await page.goto(capture.page("/private", body="<button>press</button>"))
    await page.evaluate("gooddata.on('event', () => { window.heard = true })")
    await page.evaluate("gooddata.on('intelligence', () => {})")
    await page.evaluate("gooddata.optIn(); gooddata.track('Anything'); gooddata.identify('u1'); gooddata.page()")
    await page.click("button")
    await page.evaluate("history.pushState({}, '', '/private/two')")
    await page.wait_for_timeout(400)
    assert await page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert await page.evaluate("gooddata.visitor()") is None
    assert not await page.evaluate("window.heard")
    await page.goto("about:blank")
    await page.wait_for_timeout(200)
    assert len(capture.batches()) == before
    assert len(capture.requests) == before


async def test_opting_out_stops_at_once_forgets_and_lasts_until_opting_in(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/page", body="<button>press</button>"))
    [first] = await eventually(lambda: capture.events("page"))
    await page.evaluate("gooddata.track('Queued'); gooddata.optOut(); gooddata.track('After')")
    await page.click("button")
    assert await page.evaluate("({ ...localStorage })") == {"gooddata.optout": "1"}
    assert await page.evaluate("sessionStorage.length") == 0
    assert await page.evaluate("gooddata.visitor()") is None

    await page.goto(capture.page("/next", body="<button>press</button>"))
    await page.click("button")
    await page.wait_for_timeout(400)
    assert len(capture.events()) == 1

    await page.evaluate("gooddata.optIn()")
    await page.click("button")
    [again] = await eventually(lambda: capture.events("page")[1:])
    [click] = await eventually(lambda: capture.events("$click"))
    assert again["context"]["page"]["path"] == "/next"
    assert again["visitor"] == click["visitor"] != first["visitor"]


async def test_opting_out_holds_in_the_other_tabs_too(
    profile: Profile, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/one", body="<button>press</button>"))
    other = await profile.context.new_page()
    await other.goto(capture.page("/two", body="<button>press</button>"))
    await eventually(lambda: len(capture.events("page")) >= 2)
    await page.evaluate("gooddata.optOut()")
    await other.wait_for_function("!gooddata.visitor()")
    await other.click("button")
    await other.wait_for_timeout(300)
    assert capture.events("$click") == []
    assert await other.evaluate("Object.keys(localStorage)") == ["gooddata.optout"]

    await other.evaluate("gooddata.optIn()")
    await page.reload()
    await page.click("button")
    assert await eventually(lambda: capture.events("$click"))
    assert len({event["visitor"] for event in capture.events()}) == 2, "one before, one after"


async def test_a_page_may_opt_out_before_the_library_is_there(page: Page, capture: CaptureServer) -> None:
    stub = "<script>window.gooddata = [['optOut'], ['track', 'Never']]</script>"
    await page.goto(capture.page("/page", head=stub))
    await page.wait_for_timeout(400)
    assert capture.requests == []
    assert await page.evaluate("Object.keys(localStorage)") == ["gooddata.optout"]


async def test_a_browser_that_refuses_storage_is_still_counted(
    profile: Profile, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await profile.context.add_init_script(
        """for (const kind of ["localStorage", "sessionStorage"])
             Object.defineProperty(window, kind, { get() { throw new DOMException("refused", "SecurityError") } })"""
    )
    await page.goto(capture.page("/page"))
    await page.evaluate("gooddata.track('Works')")
    [event] = await eventually(lambda: capture.events("Works"))
    assert event["visitor"] == await page.evaluate("gooddata.visitor()")


async def test_full_storage_loses_nothing_while_the_page_lives(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    capture.pages["/bare"] = {"html": "<!doctype html>"}
    await page.goto(f"{capture.url}/bare")
    await page.evaluate(
        "try { for (let size = 2 ** 20; size >= 1; size /= 2) for (;;) "
        "{ localStorage['fill' + localStorage.length] = 'x'.repeat(size) } } catch {}"
    )
    await page.evaluate(
        "for (let size = 2 ** 20; size >= 1; size /= 2) "
        "try { for (;;) localStorage['more' + localStorage.length] = 'x'.repeat(size) } catch {}"
    )
    await page.goto(capture.page("/page"))
    await eventually(lambda: capture.events("page"))
    capture.answers.append(Answer(503))
    await page.evaluate("gooddata.track('Kept')")
    await eventually(lambda: capture.events("Kept"))
    assert len(capture.events("Kept")) == 1
