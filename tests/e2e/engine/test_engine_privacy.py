"""What never leaves the browser, and how a person or a page stops collection."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Page

from tests.e2e.engine.capture_server import Answer, CaptureServer
from tests.e2e.engine.conftest import Profile

Eventually = Callable[..., Any]

CANARY = "canary4711"
FORM = f"""
<form id="order" name="{CANARY}-form" novalidate onsubmit="event.preventDefault()">
  <input id="text" name="{CANARY}-name"><input type="email" id="mail"><input type="password" id="password">
  <input type="search" id="search"><input type="tel" id="tel"><input type="hidden" value="{CANARY}-hidden">
  <input type="url" id="url"><input type="file" id="file">
  <textarea id="area"></textarea><div id="rich" contenteditable>edit</div>
  <select id="pick"><option>a</option><option value="{CANARY}-option">{CANARY}-label</option></select>
  <input type="checkbox" id="check" value="{CANARY}-value" data-user="{CANARY}-data" aria-label="{CANARY}-aria">
  <button id="user-{CANARY}" class="{CANARY}-class" title="{CANARY}-title">{CANARY}-button</button>
</form>
<p id="copied">{CANARY}-copied</p>
<div id="shadowed"></div><iframe id="frame" srcdoc="<input id=inner>"></iframe>
<a href="/form?mail={CANARY}-parameter#{CANARY}-fragment" id="link">{CANARY}-link</a>
<a href="mailto:{CANARY}-mail@example.org" id="mailto">write</a>
<a href="http://user:{CANARY}@shop.example/?q={CANARY}" id="out">out</a>
<a href="/terms.pdf?for={CANARY}" download="{CANARY}.pdf" id="file-link">file</a>
<script>
  shadowed.attachShadow({{ mode: "open" }}).innerHTML = '<form><input id="deep"><button>go</button></form>';
  for (const link of document.querySelectorAll("#mailto, #out, #file-link")) {{
    link.addEventListener("click", (event) => event.preventDefault());
  }}
</script>
"""


def forms_of(secret: str) -> list[bytes]:
    """A secret as it may be written."""
    plain = secret.encode()
    turned = secret[::-1].encode()
    coded = [base64.b64encode(b"x" * shift + plain)[4:-4] for shift in range(3)]
    return [plain, turned, plain.hex().encode(), *coded]


async def test_nothing_that_is_typed_or_written_leaves(
    profile: Profile, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    profile.expected.append(CANARY)
    url = capture.page("/form", body=FORM)
    await page.goto(
        f"{url}?token={CANARY}-token&email={CANARY}%40example.org&utm_source=mail&gclid={CANARY}#{CANARY}-hash"
    )
    await page.evaluate("gooddata.on('intelligence', () => {})")
    for field in ("text", "mail", "password", "search", "tel", "url", "area", "rich"):
        await page.click(f"#{field}")
        await page.keyboard.type(f"{CANARY}@example.org")
    await page.keyboard.press("Backspace")
    await page.set_input_files("#file", {"name": f"{CANARY}.txt", "mimeType": "text/plain", "buffer": CANARY.encode()})
    await page.select_option("#pick", index=1)
    await page.click("#check")
    await page.click("form button")
    await page.click("#deep")
    await page.keyboard.type(f"{CANARY}-deep")
    await page.frame_locator("#frame").locator("#inner").fill(f"{CANARY}-inner")
    await page.click("#copied", click_count=3)
    await page.keyboard.press("Control+c")
    await page.wait_for_timeout(900)  # the selection settles
    await page.click("#rich")
    await page.keyboard.press("Control+v")
    await page.fill("#text", f"{CANARY}-again")  # begun, and not sent
    for thrown in (f"cannot read '{CANARY}'", f"{CANARY}@example.org is taken", f"https://x.example/?of={CANARY}"):
        await page.evaluate("(text) => { setTimeout(() => { throw new Error(text) }) }", thrown)
    for link in ("mailto", "out", "file-link"):
        await page.click(f"#{link}")
    await page.click("body > #link")
    await eventually(lambda: len(capture.events("page")) >= 2)
    await page.goto("about:blank")
    await eventually(lambda: len(capture.events("$engagement")) >= 2)

    told = {event.get("name") for event in capture.events()}
    expected = {"$click", "$copy", "$selection", "$error", "$outbound", "$download"}
    assert expected | {"$form_start", "$form_submit", "$form_abandon", "$web_vitals"} <= told
    assert capture.events("page")[0]["context"]["campaign"] == {"source": "mail", "click_id": "gclid"}
    sent = [request for request in capture.requests if request.path.startswith("/v1/")]
    assert len(sent) >= len(capture.batches()) > 0
    for request in sent:
        # EventSource leaves the page no choice: there its own referrer policy decides.
        left_out = {"Referer"} if request.path.endswith("/stream") else set()
        headers = {name: value for name, value in request.headers.items() if name not in left_out}
        everything = f"{request.path} {request.query} {headers}".encode() + request.body
        for form in forms_of(CANARY):
            assert form not in everything


@pytest.mark.parametrize("visited", [False, True])
async def test_global_privacy_control_means_nothing_collected_stored_or_sent(
    profile: Profile, page: Page, capture: CaptureServer, eventually: Eventually, visited: bool
) -> None:
    if visited:
        await page.goto(capture.page("/before"))
        await page.evaluate("gooddata.identify('u1')")
        assert await eventually(lambda: capture.events("identify"))
        await page.wait_for_function("localStorage.length === 2")
        await page.goto("about:blank")
        await page.wait_for_timeout(500)  # the last of that page is on its way
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
    assert await page.evaluate("({ ...localStorage })") == {"gooddata.consent": "off"}
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
    assert await other.evaluate("Object.keys(localStorage)") == ["gooddata.consent"]

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
    assert await page.evaluate("Object.keys(localStorage)") == ["gooddata.consent"]


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


async def stored(page: Page) -> Any:
    return await page.evaluate("({ ...localStorage, ...sessionStorage })")


async def test_without_consent_nothing_is_collected_until_there_is_some(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    capture.page("/next", attributes=' data-consent="off"')
    await page.goto(capture.page("/page", body="<button>press</button>", attributes=' data-consent="off"'))
    await page.click("button")
    await page.evaluate("gooddata.track('Before')")
    await page.wait_for_timeout(300)
    assert await stored(page) == {}
    assert [request for request in capture.requests if request.path.startswith("/v1")] == []

    await page.evaluate("gooddata.optIn(); gooddata.track('After')")
    assert await eventually(lambda: capture.events("After"))
    assert [event.get("name") or event["type"] for event in capture.events()] == ["page", "After"]
    await page.goto(f"{capture.url}/next")  # it is remembered
    assert await eventually(lambda: len(capture.events("page")) == 2)
    await page.evaluate("gooddata.optOut()")
    assert await stored(page) == {}  # what the site's setting says anyway


async def test_cookieless_stores_nothing_whatever_happens(
    profile: Profile, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    capture.page("/next", attributes=' data-consent="cookieless"')
    await page.goto(capture.page("/page", body="<button>press</button>", attributes=' data-consent="cookieless"'))
    await page.click("button")
    await page.evaluate("gooddata.identify('u1', { plan: 'pro' })")
    assert await eventually(lambda: capture.events("identify"))
    capture.answers.append(Answer(503, {"Retry-After": "1"}))
    await page.evaluate("gooddata.track('Refused')")
    await page.wait_for_timeout(300)
    assert await stored(page) == {}
    assert await eventually(lambda: capture.events("Refused"))
    await profile.context.set_offline(True)
    await page.evaluate("gooddata.track('Lost')")
    await page.wait_for_timeout(300)
    assert await stored(page) == {}
    await profile.context.set_offline(False)
    await page.goto(f"{capture.url}/next")
    assert await eventually(lambda: len(capture.events("page")) == 2)
    assert await stored(page) == {}
    assert await page.context.cookies() == []
    assert await page.evaluate("indexedDB.databases()") == []

    assert await page.evaluate("gooddata.visitor()") is None
    for request in capture.batches():
        assert request.batch["cookieless"] is True
        assert all("visitor" not in event and "session" not in event for event in request.events)
    assert capture.events("identify")[0]["user"] == "u1"
    assert all("user" not in event for event in capture.events() if event["context"]["page"]["path"] == "/next")


async def test_consent_to_more_than_cookieless_begins_a_visitor(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/page", attributes=' data-consent="cookieless"'))
    await eventually(lambda: capture.events("page"))
    await page.evaluate("gooddata.track('Before'); gooddata.optIn(); gooddata.track('After')")
    assert await eventually(lambda: capture.events("After"))
    assert "visitor" not in capture.events("Before")[0]
    assert capture.events("After")[0]["visitor"] == (await stored(page))["gooddata.visitor"]
    assert "cookieless" not in capture.batches()[-1].batch
    await page.evaluate("gooddata.optOut()")
    assert await stored(page) == {"gooddata.consent": "off"}


@pytest.mark.parametrize("honoured", [False, True])
async def test_do_not_track_is_honoured_where_the_site_says_so(
    honoured: bool, profile: Profile, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await profile.context.add_init_script("Object.defineProperty(navigator, 'doNotTrack', { value: '1' })")
    await page.goto(capture.page("/page", attributes=" data-dnt" if honoured else ""))
    await page.evaluate("gooddata.track('Anything')")
    if honoured:
        await page.wait_for_timeout(300)
        assert capture.events() == []
    else:
        assert await eventually(lambda: capture.events("Anything"))


async def test_parameters_that_the_site_names_are_kept(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    url = capture.page("/find", attributes=' data-params="q page"')
    await page.goto(f"{url}?q=boots&page=2&session=secret&fbclid=secret&utm_source=mail")
    [view] = await eventually(lambda: capture.events("page"))
    assert view["context"]["page"]["url"] == f"{url}?q=boots&page=2&utm_source=mail"
    assert view["context"]["campaign"] == {"source": "mail", "click_id": "fbclid"}
