"""The engine as a guest: what the host page may do to it, and what it never does to the host page."""

from collections.abc import Callable
from typing import Any

from playwright.async_api import ConsoleMessage, Page

from tests.e2e.engine.capture_server import Answer, CaptureServer
from tests.e2e.engine.conftest import Profile

Eventually = Callable[..., Any]
HIDE = """hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
                      document.dispatchEvent(new Event('visibilitychange')) }"""


async def test_calls_made_before_the_library_is_there_are_made_up_for(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    stub = """<script>window.gooddata = window.gooddata || [];
      gooddata.push(['identify', 'u1', { plan: 'pro' }]);
      gooddata.push(['on', 'event', (event) => (window.heard ||= []).push(event)]);
      gooddata.push(['track', 'Early', { n: 1 }]);</script>"""
    await page.goto(capture.page("/page", head=stub))
    await page.evaluate("gooddata.push(['track', 'Late'])")
    await eventually(lambda: capture.events("Late"))

    names = [event.get("name", event["type"]) for event in capture.events()]
    assert names == ["page", "identify", "Early", "Late"]
    assert [event.get("user") for event in capture.events()] == [None, "u1", "u1", "u1"]
    heard = await page.evaluate("heard")
    assert [event["id"] for event in heard] == [event["id"] for event in capture.events()]
    assert heard[2].keys() == {"id", "type", "name", "timestamp"}


# So busy a page that the library's own tasks come late.
BUSY = "<script>const later = setTimeout; setTimeout = (fn, ms = 0) => later(fn, ms + 5000)</script>"


async def test_a_page_that_is_left_before_the_library_has_begun_was_seen(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/one", head=BUSY))
    await page.goto(capture.page("/two"))
    await eventually(lambda: len(capture.events("page")) >= 2)

    assert [event["context"]["page"]["path"] for event in capture.events("page")] == ["/one", "/two"]


async def test_a_page_that_moves_on_before_the_library_has_begun_was_seen(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/app", head=BUSY))
    await page.evaluate("history.pushState({}, '', '/app/one'); gooddata.track('Arrived', {})")
    await page.goto(capture.page("/elsewhere"))
    await eventually(lambda: len(capture.events("page")) >= 3)

    # Two requests that leave a page together arrive in either order; what they say of when does not change.
    in_time = sorted(capture.events(), key=lambda event: event["timestamp"])
    seen = [(event["type"], event["context"]["page"]["path"]) for event in in_time]
    assert seen[:3] == [("page", "/app"), ("page", "/app/one"), ("track", "/app/one")]


async def test_who_asks_for_the_visitor_at_once_is_told(page: Page, capture: CaptureServer) -> None:
    await page.goto(
        capture.page("/", head=BUSY, body='<script type="module">window.told = gooddata.visitor()</script>')
    )

    told = await page.evaluate("told")
    assert told is not None
    assert told == await page.evaluate("localStorage['gooddata.visitor']")


async def test_a_host_callback_that_throws_breaks_nothing_and_is_reported(
    profile: Profile, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    profile.expected.append("host failed")
    await page.goto(capture.page("/page", body="<button>press</button>"))
    await page.evaluate("window.reported = []; addEventListener('error', (event) => reported.push(event.message))")
    await page.evaluate("void gooddata.on('event', () => { throw new Error('host failed') })")
    await page.evaluate("void gooddata.on('event', (event) => (window.heard ||= []).push(event.name))")
    await page.evaluate("gooddata.track('First'); gooddata.track('Second')")
    await page.click("button")
    await eventually(lambda: capture.events("$click"))
    # The error is an event, too, at which the callback throws again: told once, it does not go round in circles.
    await eventually(lambda: len(capture.events()) == 5)
    assert await page.evaluate("heard") == ["First", "Second", "$error", "$click"]
    assert await page.evaluate("reported") == ["Uncaught Error: host failed"] * 4
    assert len(capture.events()) == 5


async def test_what_cannot_be_sent_is_reported_and_breaks_nothing(
    profile: Profile, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    profile.expected += ["circular", "is not a function"]
    await page.goto(capture.page("/page"))
    after = await page.evaluate(
        """() => { const loop = {}; loop.loop = loop; gooddata.track('Loop', loop);
                   gooddata.push(['nonsense']); gooddata.track('Fine'); return 'went on' }"""
    )
    assert after == "went on"
    await eventually(lambda: capture.events("Fine"))
    assert capture.events("Loop") == []


async def test_properties_are_sent_as_they_were_when_tracked(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/page"))
    await page.evaluate("const cart = { items: 1 }; gooddata.track('Cart', cart); cart.items = 99")
    [event] = await eventually(lambda: capture.events("Cart"))
    assert event["properties"] == {"items": 1}


async def test_the_script_twice_is_the_page_once(page: Page, capture: CaptureServer, eventually: Eventually) -> None:
    await page.goto(capture.page("/page", head='<script defer src="/gooddata.js" data-key="gw_capture"></script>'))
    await eventually(lambda: capture.events("page"))
    await page.wait_for_timeout(300)
    assert len(capture.events()) == 1


async def test_a_script_that_another_inserts_works_too(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    capture.pages["/inserted"] = {
        "html": """<!doctype html><title>Inserted</title><script>
          const script = document.createElement("script");
          script.src = "/gooddata.js"; script.dataset.key = "gw_capture"; document.head.append(script);</script>"""
    }
    await page.goto(f"{capture.url}/inserted")
    assert await eventually(lambda: capture.events("page"))


async def test_scores_come_to_the_page_while_it_listens_and_is_seen(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/page"))
    await eventually(lambda: capture.events("page"))
    await page.wait_for_timeout(200)
    assert capture.streams == [], "nobody listens yet"

    await page.evaluate("window.end = gooddata.on('intelligence', (scores) => { window.scores = scores }); void 0")
    assert await eventually(lambda: capture.streams)
    [opened] = [request for request in capture.requests if request.path == "/v1/intelligence/stream"]
    assert opened.query["visitor"] == [await page.evaluate("gooddata.visitor()")]
    assert opened.query["key"] == ["gw_capture"]
    assert opened.query["token"][0].startswith("token-")
    capture.push({"visitor": "v", "scores": {"conversion": {"score": 0.25}}})
    await page.wait_for_function("window.scores")
    assert (await page.evaluate("scores"))["scores"]["conversion"]["score"] == 0.25

    await page.evaluate(HIDE, True)
    assert await eventually(lambda: not capture.streams)
    await page.evaluate(HIDE, False)
    assert await eventually(lambda: capture.streams)
    await page.evaluate("end()")
    await page.evaluate("gooddata.track('More')")
    await eventually(lambda: capture.events("More"))


async def test_tabs_of_one_browser_share_one_stream(
    profile: Profile, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    listen = "window.heard = []; gooddata.on('intelligence', (scores) => heard.push(scores.computed_at)); void 0"
    await page.goto(capture.page("/page"))
    await page.evaluate(listen)
    assert await eventually(lambda: capture.streams)
    [held] = capture.streams

    async def handed_over() -> None:
        """Another stream is the only one: a server hears of a new one before it hears that the old one has ended."""
        nonlocal held
        assert await eventually(lambda: len(capture.streams) == 1 and capture.streams != [held])
        [held] = capture.streams

    other = await profile.context.new_page()
    await other.goto(f"{capture.url}/page")
    await other.evaluate(listen)
    await eventually(lambda: len(capture.events("page")) >= 2)
    await other.wait_for_timeout(300)
    assert capture.streams == [held]

    capture.push({"computed_at": "2026-01-01T00:00:01Z"})
    for tab in (page, other):
        await tab.wait_for_function("heard.length")
    # The tab that had it goes to the background: the one that waited has it now.
    await page.evaluate(HIDE, True)
    await handed_over()
    capture.push({"computed_at": "2026-01-01T00:00:02Z"})
    await other.wait_for_function("heard.length === 2")
    await page.evaluate(HIDE, False)
    await page.wait_for_timeout(300)
    assert capture.streams == [held]
    capture.push({"computed_at": "2026-01-01T00:00:03Z"})
    await page.wait_for_function("heard.length === 2")
    # A tab that is closed leaves it, too.
    await other.close()
    await handed_over()
    capture.push({"computed_at": "2026-01-01T00:00:04Z"})
    await page.wait_for_function("heard.length === 3")
    assert len(capture.requests_to("/v1/intelligence/stream")) == 3


async def test_scores_come_with_replies_where_somebody_listens_and_each_once(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    capture.stream_status = 401
    capture.scores = {"computed_at": "2026-01-01T00:00:01Z"}
    await page.goto(capture.page("/page"))
    await eventually(lambda: capture.events("page"))
    assert "intelligence" not in capture.batches()[0].query
    await page.evaluate("window.heard = []; gooddata.on('intelligence', (scores) => heard.push(scores)); void 0")
    for n in range(2):
        await page.evaluate("n => gooddata.track('Step', { n })", n)
        await eventually(lambda n=n: len(capture.events("Step")) > n)
    assert "intelligence" in capture.batches()[-1].query
    await page.wait_for_function("heard.length")
    capture.scores = {"computed_at": "2026-01-01T00:00:02Z"}
    await page.evaluate("gooddata.track('Step')")
    await page.wait_for_function("heard.at(-1).computed_at.endsWith('02Z')")
    assert await page.evaluate("heard.length") == 2


async def test_a_browser_that_is_driven_by_a_program_says_so(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(capture.page("/page"))
    [event] = await eventually(lambda: capture.events("page"))
    assert event["context"]["automation"] is True


async def test_a_refused_stream_waits_for_a_fresh_token(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    def asked() -> list[str]:
        streams = [request for request in capture.requests if request.path == "/v1/intelligence/stream"]
        return [request.query["token"][0] for request in streams]

    capture.stream_status = 401
    await page.goto(capture.page("/page"))
    await page.evaluate("window.got = []; gooddata.on('intelligence', (scores) => got.push(scores)); void 0")
    await eventually(asked)
    await page.wait_for_timeout(1300)
    assert len(asked()) == 1, "the same token is not tried again"

    capture.stream_status = 200
    await page.evaluate("gooddata.track('Fresh')")
    assert await eventually(lambda: capture.streams)
    first, second = asked()
    assert first != second

    capture.cut_streams()
    assert await eventually(lambda: not capture.streams)
    await page.wait_for_timeout(1300)
    await page.evaluate("gooddata.track('Fresh')")
    assert await eventually(lambda: capture.streams)


async def test_a_working_page_prints_nothing(page: Page, capture: CaptureServer, eventually: Eventually) -> None:
    printed: list[str] = []

    def keep(message: ConsoleMessage) -> None:
        printed.append(message.text)

    page.on("console", keep)
    icon = '<link rel="icon" href="data:,">'
    await page.goto(capture.page("/page", head=icon, body="<button>press</button>"))
    await page.evaluate("gooddata.on('intelligence', () => {}); gooddata.track('One'); void 0")
    await page.click("button")
    await page.evaluate("history.pushState({}, '', '/two')")
    await eventually(lambda: len(capture.events("page")) >= 2)
    assert printed == []


async def test_a_strict_content_security_policy_is_enough(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    capture.page_headers["Content-Security-Policy"] = "default-src 'none'; script-src 'self'; connect-src 'self'"
    await page.goto(capture.page("/page", body="<button>press</button>"))
    await page.click("button")
    assert await eventually(lambda: capture.events("$click"))


async def test_listeners_of_the_engine_hold_up_nothing(page: Page, capture: CaptureServer) -> None:
    """Passive listeners cannot keep the browser from scrolling; nothing is asked of the page as it is unloaded."""
    capture.answers.append(Answer(200, delay=0.5))
    await page.goto(capture.page("/page"))
    await page.goto("about:blank")
    await page.context.add_init_script(
        """window.listened = []; const add = EventTarget.prototype.addEventListener;
           EventTarget.prototype.addEventListener = function (type, fn, options) {
             listened.push([type, options?.passive]); return add.call(this, type, fn, options) }"""
    )
    await page.goto(f"{capture.url}/page")
    listened = await page.evaluate("listened")
    assert {"click", "scroll", "pointermove", "pagehide"} <= {kind for kind, _ in listened}
    assert all(passive for kind, passive in listened if kind not in ("storage", "prerenderingchange"))
    assert not {"unload", "beforeunload"} & {kind for kind, _ in listened}
