"""How events get to the server when it answers, when it does not, and when the page goes."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest
from playwright.async_api import Page

from tests.e2e.engine.capture_server import WRITE_KEY, Answer, CaptureServer
from tests.e2e.engine.conftest import Profile

Eventually = Callable[..., Any]


def ids(events: list[dict[str, Any]]) -> list[str]:
    return [event["id"] for event in events]


def assert_each_once(capture: CaptureServer) -> None:
    counts = Counter(ids(capture.events()))
    assert [event_id for event_id, count in counts.items() if count > 1] == []


async def loaded(page: Page, capture: CaptureServer, eventually: Eventually, **parts: str) -> None:
    """A page whose page view is through, so that what comes next is the test's."""
    await page.goto(capture.page("/page", **parts))
    assert await eventually(lambda: capture.events("page"))


async def test_events_of_one_moment_travel_together_within_the_age(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await loaded(page, capture, eventually)
    queued = await page.evaluate(
        """() => { gooddata.track('One'); gooddata.track('Two', { price: 2 });
                   return performance.timeOrigin + performance.now() }"""
    )
    await eventually(lambda: capture.events("Two"))
    request = capture.batches()[-1]

    assert [event["name"] for event in request.events] == ["One", "Two"]
    assert request.headers["Content-Type"].startswith("text/plain")
    assert request.batch["writeKey"] == WRITE_KEY
    assert "Referer" not in request.headers
    assert "Cookie" not in request.headers
    one, two = request.batch["batch"]
    assert one["timestamp"] <= two["timestamp"] <= queued + 5
    assert one["id"] < two["id"]
    assert "context" not in one


async def test_a_full_batch_does_not_wait_for_its_age(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await loaded(page, capture, eventually)
    await page.evaluate("for (let n = 0; n < 45; n++) gooddata.track('Many', { n })")
    await eventually(lambda: len(capture.events("Many")) >= 45)
    assert [len(request.events) for request in capture.batches()[1:]] == [20, 20, 5]
    assert [event["properties"]["n"] for event in capture.events("Many")] == list(range(45))


async def test_a_large_batch_is_cut_by_its_size(page: Page, capture: CaptureServer, eventually: Eventually) -> None:
    await loaded(page, capture, eventually)
    await page.evaluate("for (let n = 0; n < 6; n++) gooddata.track('Large', { text: 'x'.repeat(10_000) })")
    await eventually(lambda: len(capture.events("Large")) >= 6)
    assert [len(request.events) for request in capture.batches()[1:]] == [3, 3]


async def test_one_request_is_under_way_at_a_time(page: Page, capture: CaptureServer, eventually: Eventually) -> None:
    capture.answers.append(Answer(200, delay=1.5))
    await page.goto(capture.page("/slow"))
    for n in range(4):
        await page.evaluate(f"gooddata.track('During', {{ n: {n} }})")
        await page.wait_for_timeout(100)
    await eventually(lambda: len(capture.events("During")) >= 4)
    assert [event["properties"]["n"] for event in capture.events("During")] == [0, 1, 2, 3]
    assert len(capture.batches()) == 2, "the first, and all that came meanwhile"


async def test_what_a_page_does_last_is_sent_as_it_goes(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await loaded(page, capture, eventually, body="<a href='/next'>next</a>")
    capture.page("/next")
    await page.evaluate("document.querySelector('a').addEventListener('click', () => gooddata.track('Bye'))")
    await page.click("a")
    await eventually(lambda: len(capture.events("page")) >= 2)
    assert len(capture.events("Bye")) == 1
    assert len(capture.events("$click")) == 1
    assert_each_once(capture)


async def test_more_than_keepalive_allows_is_kept_for_the_next_page(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await loaded(page, capture, eventually)
    capture.answers.append(Answer(200, delay=0.3))
    await page.evaluate(
        """() => { for (let n = 0; n < 8; n++) gooddata.track('Large', { n, text: 'x'.repeat(20_000) });
                   location.href = '/page' }"""
    )
    await eventually(lambda: len(set(ids(capture.events("Large")))) >= 8, within=5)
    assert sorted(event["properties"]["n"] for event in capture.events("Large")) == list(range(8))
    assert_each_once(capture)


async def test_a_refusal_for_now_is_tried_again_under_the_same_ids(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await loaded(page, capture, eventually)
    capture.answers.extend([Answer(503), Answer(500)])
    await page.evaluate("gooddata.track('Again', { n: 1 })")
    await eventually(lambda: capture.events("Again"), within=8)
    tries = [request for request in capture.batches() if "Again" in request.body.decode()]

    assert [request.status for request in tries] == [503, 500, 200]
    assert len({tuple(ids(request.events)) for request in tries}) == 1
    assert len({request.batch["sentAt"] for request in tries}) == 3
    first, second, third = (request.at for request in tries)
    assert 0.45 <= second - first <= 1.5
    assert 0.95 <= third - second <= 2.5


async def test_retry_after_is_honoured(page: Page, capture: CaptureServer, eventually: Eventually) -> None:
    await loaded(page, capture, eventually)
    capture.answers.append(Answer(429, {"Retry-After": "3"}))
    await page.evaluate("gooddata.track('Patient')")
    await page.wait_for_timeout(300)
    await page.evaluate("gooddata.track('Later'); gooddata.flush(); dispatchEvent(new Event('online'))")
    await eventually(lambda: capture.events("Later"), within=6)
    refused, taken = [request for request in capture.batches() if "Patient" in request.body.decode()]
    assert 2.9 <= taken.at - refused.at <= 4


async def test_retry_after_may_be_a_date(page: Page, capture: CaptureServer, eventually: Eventually) -> None:
    await loaded(page, capture, eventually)
    until = int(time.time()) + 4
    capture.answers.append(Answer(503, {"Retry-After": formatdate(until, usegmt=True)}))
    await page.evaluate("gooddata.track('Patient')")
    await eventually(lambda: capture.events("Patient"), within=7)
    refused, taken = [request for request in capture.batches() if "Patient" in request.body.decode()]
    assert taken.at - refused.at >= 2.5
    assert time.time() >= until


@pytest.mark.parametrize("status", [400, 401, 404])
async def test_a_refusal_for_good_is_not_tried_again_and_is_counted(
    page: Page, capture: CaptureServer, eventually: Eventually, status: int
) -> None:
    await loaded(page, capture, eventually)
    capture.answers.append(Answer(status))
    await page.evaluate("gooddata.track('Refused'); gooddata.track('Refused')")
    await page.wait_for_timeout(1200)
    await page.evaluate("gooddata.track('Next')")
    [following] = await eventually(lambda: capture.events("Next"))
    assert [request.status for request in capture.batches() if "Refused" in request.body.decode()] == [status]
    assert following["context"]["dropped"] == 2
    await page.evaluate("gooddata.track('Last')")
    [last] = await eventually(lambda: capture.events("Last"))
    assert "dropped" not in last["context"]


async def test_a_batch_that_is_too_large_is_split(page: Page, capture: CaptureServer, eventually: Eventually) -> None:
    await loaded(page, capture, eventually)
    capture.answers.extend([Answer(413), Answer(413), Answer(413)])
    await page.evaluate("for (let n = 0; n < 4; n++) gooddata.track('Split', { n })")
    await eventually(lambda: len(capture.events("Split")) >= 3)
    sent = [[event["properties"]["n"] for event in request.events] for request in capture.batches()[1:]]
    assert sent == [[0, 1, 2, 3], [0, 1], [0], [1], [2, 3]]
    dropped = [event["context"].get("dropped") for event in capture.events("Split")]
    assert dropped == [1, None, None], "the event that was too large alone is reported once"


async def test_what_happens_offline_is_sent_when_the_network_is_back(
    profile: Profile, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await loaded(page, capture, eventually)
    await profile.context.set_offline(True)
    await page.evaluate("gooddata.track('Offline', { n: 1 })")
    await page.wait_for_timeout(500)
    await page.evaluate("gooddata.track('Offline', { n: 2 })")
    await page.wait_for_timeout(300)
    assert capture.events("Offline") == []
    await profile.context.set_offline(False)
    await eventually(lambda: len(capture.events("Offline")) >= 2)
    assert [event["properties"]["n"] for event in capture.events("Offline")] == [1, 2]
    assert_each_once(capture)


async def test_what_could_not_be_sent_survives_the_page(
    profile: Profile, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await loaded(page, capture, eventually)
    capture.down = True
    await page.evaluate("gooddata.track('Unsent', { text: 'grüße' })")
    await page.wait_for_function("Object.keys(localStorage).some((name) => name.includes('unsent'))")
    async with page.expect_event("close"):
        await page.close(run_before_unload=True)
    await asyncio.sleep(0.2)
    capture.down = False
    page = await profile.context.new_page()
    await page.goto(f"{capture.url}/page")
    [event] = await eventually(lambda: capture.events("Unsent"))
    assert event["properties"] == {"text": "grüße"}
    await page.wait_for_timeout(300)
    assert_each_once(capture)
    assert await page.evaluate("Object.keys(localStorage).filter((name) => name.includes('unsent'))") == []


async def test_a_second_tab_leaves_the_batches_of_a_living_one_alone(
    profile: Profile, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await loaded(page, capture, eventually)
    capture.answers.append(Answer(503, {"Retry-After": "2"}))
    await page.evaluate("gooddata.track('Mine')")
    await page.wait_for_timeout(400)
    other = await profile.context.new_page()
    await other.goto(f"{capture.url}/page")
    await eventually(lambda: capture.events("Mine"), within=5)
    await other.wait_for_timeout(300)
    assert_each_once(capture)


async def test_batches_of_a_tab_that_is_gone_are_taken_over(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await loaded(page, capture, eventually)
    capture.down = True
    await page.evaluate("gooddata.track('Left')")
    kept = f"Object.keys(localStorage).find((name) => name.startsWith('gooddata.unsent.{WRITE_KEY}.'))"
    while (name := await page.evaluate(kept)) is None:
        await asyncio.sleep(0.05)
    renewed, batches = json.loads(await page.evaluate("name => localStorage[name]", name))
    assert renewed > 1
    await page.evaluate("gooddata.optOut()")  # this page is not to send it itself
    capture.pages["/bare"] = {"html": "<!doctype html>"}
    capture.down = False
    await page.goto(f"{capture.url}/bare")
    await page.evaluate("localStorage.clear()")
    # As a tab leaves it that crashed two minutes ago.
    await page.evaluate("([name, entry]) => { localStorage[name] = entry }", [name, json.dumps([1, batches])])
    await page.goto(capture.page("/page"))
    assert await eventually(lambda: capture.events("Left"))
    assert await page.evaluate("Object.keys(localStorage)") == ["gooddata.visitor"]


async def test_of_tabs_that_open_at_once_one_takes_a_batch_over(
    profile: Profile, page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await page.goto(f"{capture.url}/gooddata.js")
    # As four tabs leave them that were closed while the server was down.
    for tab in range(4):
        events = [json.dumps({"id": f"left-{tab}-{n}", "type": "track", "name": "Left"}) for n in range(3)]
        entry = json.dumps([0, [{"o": "v", "c": "{}", "e": [event], "z": 2, "s": True} for event in events]])
        await page.evaluate(
            "([name, entry]) => { localStorage[name] = entry }", [f"gooddata.unsent.{WRITE_KEY}.{tab}", entry]
        )
    capture.page("/page")
    tabs = [await profile.context.new_page() for _ in range(5)]
    await asyncio.gather(*(tab.goto(f"{capture.url}/page") for tab in tabs))
    await eventually(lambda: len(capture.events("Left")) >= 12, within=5)
    await page.wait_for_timeout(500)
    assert len(capture.events("Left")) == 12
    assert_each_once(capture)


async def test_the_queue_is_bounded_and_gives_up_the_oldest(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await loaded(page, capture, eventually)
    capture.answers.append(Answer(503, {"Retry-After": "1"}))
    await page.evaluate("gooddata.track('Refused')")
    await page.wait_for_timeout(400)
    await page.evaluate("for (let n = 0; n < 40; n++) gooddata.track('Large', { n, text: 'x'.repeat(10_000) })")
    await eventually(lambda: any(event["properties"]["n"] == 39 for event in capture.events("Large")), within=5)
    numbers = [event["properties"]["n"] for event in capture.events("Large")]
    assert numbers == list(range(numbers[0], 40))
    assert 20 <= len(numbers) <= 25
    assert capture.events("Large")[0]["context"]["dropped"] == 41 - len(numbers)
    assert_each_once(capture)


async def test_another_origin_needs_no_preflight(page: Page, capture: CaptureServer, eventually: Eventually) -> None:
    api = CaptureServer()
    try:
        await page.goto(capture.page("/page", attributes=f' data-api="{api.url}/collect/"'))
        await eventually(lambda: api.events("page"))
        assert [(request.method, request.path) for request in api.requests] == [("POST", "/collect/v1/batch")]
        assert capture.batches() == []
        # Retry-After of another origin is only seen where the server exposes it.
        api.answers.append(Answer(503, {"Retry-After": "2"}))
        await page.evaluate("gooddata.track('Elsewhere')")
        await eventually(lambda: api.events("Elsewhere"), within=5)
        refused, taken = api.batches()[-2:]
        assert taken.at - refused.at >= 1.9
        assert [request.method for request in api.requests].count("OPTIONS") == 0
    finally:
        api.close()


async def test_a_server_that_hangs_does_not_hold_the_queue_for_ever(
    page: Page, capture: CaptureServer, eventually: Eventually
) -> None:
    await loaded(page, capture, eventually)
    # Ten seconds are the engine's; the test brings its clock forward.
    await page.clock.install()
    capture.answers.append(Answer(200, delay=60))
    await page.evaluate("gooddata.track('Hangs')")
    await page.clock.run_for(200)
    await eventually(lambda: not capture.answers)
    await page.clock.run_for(10_000)
    for _ in range(50):
        await page.clock.run_for(500)
        if await eventually(lambda: capture.events("Hangs"), within=0.2):
            break
    assert len(capture.events("Hangs")) == 1
