"""posthog-js in a real browser, pointed at a real server."""

import asyncio
import gzip
import json

import pytest

from tests.integration.sdk.conftest import snippet

ADDRESS = "/shoes?utm_source=news&utm_campaign=autumn&gclid=7"


def init(url: str, key: str, **options) -> str:
    code = snippet("PostHog", "Browser", "html", url, key)
    return code.replace(f'"{url}" }}', f'"{url}", ...{json.dumps(options)} }}')


async def test_the_snippet_with_a_script_sends_the_page_view(site, visit, server, shop, stored):
    site.page = snippet("PostHog", "Browser", "html", server.url, shop.write_key)
    await visit.page.goto(site.url + ADDRESS, referer="https://www.google.com/")
    [page] = await stored(1)
    assert (page["type"], page["name"], page["user"]) == ("page", None, None)
    context = page["context"]
    assert (len(page["visitor"]), len(page["session"])) == (36, 36)
    assert context["page"] == {
        "url": site.url + ADDRESS,
        "path": "/shoes",
        "title": "Shoes",
        "referrer": "https://www.google.com/",
    }
    assert context["campaign"] == {"source": "news", "name": "autumn"}
    assert context["library"] == {"name": "web", "version": context["library"]["version"]}
    assert "Chrome/140" in context["userAgent"]
    assert (page["properties"]["gclid"], "token" in page["properties"]) == ("7", False)


async def test_the_snippet_for_a_bundler_sends_its_events(site, visit, server, shop, stored, bundled):
    site.scripts["/site.js"] = bundled(snippet("PostHog", "Browser", "js", server.url, shop.write_key))
    site.page = '<script src="/site.js"></script>'
    await visit.page.goto(site.url + ADDRESS)
    events = {event["name"] or event["type"]: event for event in await stored(3)}
    assert set(events) == {"page", "identify", "Order Completed"}
    identified, ordered = events["identify"], events["Order Completed"]
    assert (identified["user"], identified["properties"]) == ("user-1", {"plan": "team"})
    assert (ordered["user"], ordered["properties"]["revenue"]) == ("user-1", 42.5)


async def test_every_call_reaches_its_place_and_nothing_else_is_loaded(site, visit, front, shop, stored, bodies):
    site.page = init(front.url, shop.write_key, debug=True)
    visit.expected = ("[PostHog.js]",)
    await visit.page.goto(site.url + ADDRESS)
    visitor = await visit.page.evaluate("posthog.get_distinct_id()")
    await visit.page.evaluate(
        """() => {
            posthog.capture('Buy', { price: 1.5 });
            posthog.alias('also-me');
            posthog.identify('u', { plan: 'free' }, { first: 'today' });
            posthog.setPersonProperties({ plan: 'team' });
            posthog.group('company', 'acme', { name: 'Acme' });
            posthog.alias('former');
            posthog.capture('Bye', {}, { timestamp: new Date(Date.now() - 300000) });
        }"""
    )
    events = await stored(8)
    sent = sorted(await bodies(), key=lambda event: event["timestamp"])
    buy, bye = (next(event for event in events if event["name"] == name) for name in ("Buy", "Bye"))
    assert (buy["visitor"], buy["user"], buy["properties"]["price"]) == (visitor, None, 1.5)
    assert (bye["visitor"], bye["user"]) == ("u", "u")
    assert 290 < (buy["timestamp"] - bye["timestamp"]).total_seconds() < 310
    assert buy["session"] == bye["session"]
    identified, changed = [event for event in sent if event["type"] == "identify"]
    assert (identified["user"], identified["visitor"], identified["traits"]) == ("u", visitor, {"plan": "free"})
    assert identified["traitsOnce"]["first"] == "today"
    assert (changed["user"], changed["visitor"], changed["traits"]) == ("u", "u", {"plan": "team"})
    anonymous, known = [event for event in sent if event["type"] == "alias"]
    assert (anonymous["user"], anonymous["previousId"], anonymous["visitor"]) == ("also-me", visitor, visitor)
    assert (known["user"], known["previousId"], known["visitor"]) == ("u", "former", "u")
    [group] = [event for event in sent if event["type"] == "group"]
    assert (group["groupType"], group["groupId"], group["traits"]) == ("company", "acme", {"name": "Acme"})
    asked = [one for one in front.passed if one.method == "GET"]
    assert [one.path.partition("?")[0] for one in asked] == [f"/array/{shop.write_key}/config.js"]
    assert {one.status for one in front.passed if one.method != "OPTIONS"} == {200}
    assert not any("error" in text.lower() for text in visit.complaints)


async def test_it_sends_gzip_where_the_configuration_says_so(site, visit, front, shop, stored):
    site.page = init(front.url, shop.write_key)
    await visit.page.goto(site.url + ADDRESS)
    await stored(1)
    await visit.page.wait_for_function("posthog.analyticsDefaultEndpoint === '/i/v0/e/'")
    await visit.page.evaluate("posthog.capture('Buy', {}, { send_instantly: true })")
    await stored(2)
    # The page view went to the endpoint of before, and its answer may come last.
    [sent] = [post for post in front.posts("/flags") if post.path.startswith("/i/v0/e/")]
    assert json.loads(gzip.decompress(sent.body))["batch"][0]["event"] == "Buy"
    assert sent.headers["content-type"] == "text/plain"


@pytest.mark.parametrize("options", [{"disable_compression": True}, {"api_transport": "XHR"}])
async def test_other_ways_of_sending_arrive_too(site, visit, server, shop, stored, options):
    site.page = init(server.url, shop.write_key, **options)
    await visit.page.goto(site.url + ADDRESS)
    await visit.page.evaluate("posthog.capture('Buy')")
    assert sorted(event["type"] for event in await stored(2)) == ["page", "track"]


async def test_what_was_not_sent_yet_is_sent_as_the_page_goes(site, visit, front, shop, stored):
    site.page = init(front.url, shop.write_key)
    await visit.page.goto(site.url + ADDRESS)
    await stored(1)
    await visit.page.evaluate("posthog.capture('Last words', { long: 'x'.repeat(5000) })")
    await visit.page.goto("about:blank")
    assert {event["name"] for event in await stored(2)} == {None, "Last words"}


async def test_headers_that_a_site_adds_are_let_through(site, visit, server, shop, stored):
    site.page = init(server.url, shop.write_key, request_headers={"X-Tenant": "a", "X-Proxy-Token": "b"})
    await visit.page.goto(site.url + ADDRESS)
    assert len(await stored(1)) == 1


async def test_what_is_sent_again_counts_once(site, visit, front, shop, stored):
    visit.expected = ("status of 503", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION")
    front.refuse(503)
    front.lose()
    site.page = init(front.url, shop.write_key)
    await visit.page.goto(site.url + ADDRESS)
    await stored(1, within=30)
    for _ in range(600):
        if front.posts("/flags")[-1].status == 200:
            break
        await asyncio.sleep(0.05)
    assert [one.status for one in front.posts("/flags")] == [503, 0, 200]
    assert "retry_count=" in front.posts("/flags")[-1].path
    assert len(await stored(1)) == 1


async def test_what_can_never_be_taken_is_not_sent_again(site, visit, front):
    visit.expected = ("status of 401",)
    site.page = init(front.url, "gw_unknown", advanced_disable_flags=True)
    await visit.page.goto(site.url + ADDRESS)
    await asyncio.sleep(8)
    assert [one.status for one in front.posts()] == [401]


async def test_a_refused_event_is_kept_and_not_sent_again(site, visit, front, shop, stored, rejections):
    site.page = init(front.url, shop.write_key)
    await visit.page.goto(site.url + ADDRESS)
    await visit.page.evaluate("posthog.capture('x'.repeat(600), {}, { send_instantly: true })")
    await visit.page.evaluate("posthog.capture('Buy', {}, { send_instantly: true })")
    await stored(2)
    for _ in range(100):
        if kept := await rejections():
            break
        await asyncio.sleep(0.05)
    assert [one["reason"] for one in kept] == ["text_too_long"]
    await asyncio.sleep(5)
    assert {one.status for one in front.posts("/flags")} == {200}
    assert not any("retry_count" in one.path for one in front.passed)
