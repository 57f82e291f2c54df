"""Segment's analytics.js in a real browser, pointed at a real server."""

import asyncio

import httpx
import pytest

from tests.integration.sdk.conftest import snippet

ADDRESS = "/shoes?utm_source=news&utm_campaign=autumn"


async def test_the_snippet_with_a_script_sends_the_page_view(site, visit, server, shop, stored):
    site.page = snippet("Segment", "Browser", "html", server.url, shop.write_key)
    await visit.page.goto(site.url + ADDRESS, referer="https://www.google.com/")
    [page] = await stored(1)
    assert (page["type"], page["user"], len(page["visitor"])) == ("page", None, 36)
    assert page["context"]["page"]["path"] == page["properties"]["path"] == "/shoes"
    assert page["context"]["page"]["title"] == "Shoes"
    assert page["context"]["page"]["referrer"] == "https://www.google.com/"
    assert page["context"]["campaign"] == {"source": "news", "name": "autumn"}
    assert "Chrome/140" in page["context"]["userAgent"]


async def test_the_snippet_for_a_bundler_sends_its_events(site, visit, server, shop, stored, bundled):
    site.scripts["/site.js"] = bundled(snippet("Segment", "Browser", "js", server.url, shop.write_key))
    site.page = '<script src="/site.js"></script>'
    await visit.page.goto(site.url + ADDRESS)
    events = {event["type"]: event for event in await stored(3)}
    assert (events["track"]["name"], events["track"]["properties"]) == ("Order Completed", {"revenue": 42.5})
    assert (events["identify"]["user"], events["identify"]["properties"]) == ("user-1", {"plan": "team"})
    assert len({event["visitor"] for event in events.values()}) == 1


async def test_every_call_reaches_its_place(site, visit, front, shop, stored, bodies):
    site.page = snippet("Segment", "Browser", "html", front.url, shop.write_key)
    await visit.page.goto(site.url + ADDRESS)
    await stored(1)
    # One by one: analytics.js answers a call once its event is on its way.
    for call in (
        "alias('new', 'old')",
        "screen('Main', { dark: true })",
        "track('Buy', { price: 1.5 }, { integrations: { Amplitude: false } })",
        "identify('u', { plan: 'free' })",
        "group('acme', { name: 'Acme' })",
    ):
        await visit.page.evaluate(f"analytics.{call}")
    events = {event["type"]: event for event in await stored(6)}
    sent = {event["type"]: event for event in await bodies()}
    assert {one.path for one in front.posts()} == {"/v1/p", "/v1/a", "/v1/s", "/v1/t", "/v1/i", "/v1/g"}
    assert {one.headers["content-type"] for one in front.posts()} == {"text/plain"}
    assert len({event["visitor"] for event in events.values()}) == 1
    assert (sent["alias"]["userId"], sent["alias"]["previousId"]) == ("new", "old")
    assert (events["screen"]["name"], events["screen"]["properties"]) == ("Main", {"dark": True})
    assert (events["track"]["name"], events["track"]["properties"]) == ("Buy", {"price": 1.5})
    assert sent["track"]["integrations"] == {"Amplitude": False}
    assert (events["identify"]["user"], events["identify"]["properties"]) == ("u", {"plan": "free"})
    assert (sent["group"]["groupId"], sent["group"]["traits"], events["group"]["user"]) == (
        "acme",
        {"name": "Acme"},
        "u",
    )


@pytest.mark.parametrize("status", [429, 503])
async def test_what_is_sent_again_counts_once(site, visit, front, shop, stored, status):
    visit.expected = (f"status of {status}", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION")
    front.refuse(status)
    front.lose()
    site.page = snippet("Segment", "Browser", "html", front.url, shop.write_key)
    await visit.page.goto(site.url + ADDRESS)
    await stored(1)
    for _ in range(200):
        if front.posts()[-1].status == 200:
            break
        await asyncio.sleep(0.05)
    assert [one.status for one in front.posts()] == [status, 0, 200]
    assert front.posts()[-1].headers.get("x-retry-count")
    assert len(await stored(1)) == 1


async def test_events_kept_until_they_are_many_travel_as_a_batch(site, visit, front, shop, stored):
    site.page = snippet("Segment", "Browser", "html", front.url, shop.write_key).replace(
        "analytics.page();",
        "analytics._loadOptions = { integrations: { 'Segment.io': { deliveryStrategy: "
        "{ strategy: 'batching', config: { size: 2, timeout: 500 } } } } };\nanalytics.page();",
    )
    await visit.page.goto(site.url + ADDRESS)
    await visit.page.evaluate("analytics.track('Buy')")
    assert sorted(event["type"] for event in await stored(2)) == ["page", "track"]
    assert {one.path for one in front.posts()} == {"/v1/b"}


async def test_the_settings_name_this_server_and_no_other(server, shop):
    async with httpx.AsyncClient(base_url=server.url) as http:
        path = f"/v1/projects/{shop.write_key}/settings"
        settings = (await http.get(path)).json()
        assert list(settings["integrations"]) == ["Segment.io"]
        segment = settings["integrations"]["Segment.io"]
        assert (segment["apiHost"], segment["protocol"]) == (f"127.0.0.1:{server.port}/v1", "http")
        proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "in.example"}
        segment = (await http.get(path, headers=proxied)).json()["integrations"]["Segment.io"]
        assert (segment["apiHost"], segment["protocol"]) == ("in.example/v1", "https")
        refused = await http.get("/v1/projects/gw_unknown/settings")
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "unknown_key")
