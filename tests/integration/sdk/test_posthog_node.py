"""posthog-node, pointed at a real server, in both versions of its protocol."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.sdk.conftest import snippet


@pytest.fixture(params=["v0", "v1"])
def protocol(request):
    return request.param


async def test_the_snippet_in_the_docs_sends_its_events(server, shop, stored, node, node_snippet):
    code = snippet("PostHog", "Node", "js", server.url, shop.write_key)
    assert await node(node_snippet(code)) == ""
    identified, ordered = sorted(await stored(2), key=lambda event: event["type"])
    assert (identified["type"], identified["user"], identified["visitor"]) == ("identify", "user-1", "user-1")
    assert identified["properties"] == {"plan": "team"}
    assert (ordered["name"], ordered["visitor"], ordered["properties"]["revenue"]) == (
        "Order Completed",
        "user-1",
        42.5,
    )


async def test_every_call_reaches_its_place(server, shop, stored, bodies, node, protocol):
    assert json.loads(await node("posthog.mjs", "calls", server.url, shop.write_key, protocol)) == []
    events = {event["type"]: event for event in await stored(4)}
    sent = {event["type"]: event for event in await bodies()}
    assert {event["context"]["library"]["name"] for event in events.values()} == {"posthog-node"}
    buy = events["track"]
    assert (str(buy["id"]), buy["name"], buy["visitor"]) == ("01a21253-d27b-7bd0-815b-1383dbae0f28", "Buy", "u")
    assert (buy["session"], buy["properties"]["price"], buy["properties"]["$set"]) == ("s1", 1.5, {"vip": True})
    assert abs(buy["timestamp"] - (datetime.now(UTC) - timedelta(minutes=5))) < timedelta(seconds=30)
    assert buy["context"]["groups"] == {"company": "acme"}
    assert buy["context"]["page"] == {"url": "https://a.example/x"}
    identified = events["identify"]
    assert (identified["user"], identified["visitor"], identified["properties"]) == ("u", "a", {"plan": "free"})
    assert sent["identify"]["traitsOnce"] == {"first": "today"}
    assert (sent["alias"]["user"], sent["alias"]["previousId"]) == ("u", "former")
    group = sent["group"]
    assert (group["visitor"], group["groupType"], group["groupId"]) == ("u", "company", "acme")
    assert group["traits"] == {"name": "Acme"}


async def test_what_is_sent_again_counts_once(front, shop, stored, node, protocol):
    front.refuse(503)
    front.lose()
    assert json.loads(await node("posthog.mjs", "three", front.url, shop.write_key, protocol)) == []
    assert sorted(event["name"] for event in await stored(3)) == ["Buy 0", "Buy 1", "Buy 2"]
    assert [one.status for one in front.posts()] == [503, 0, 200]


async def test_a_refused_event_costs_no_other_and_is_not_sent_again(front, shop, stored, rejections, node, protocol):
    bad = str(uuid.uuid4())
    errors = json.loads(await node("posthog.mjs", bad, front.url, shop.write_key, protocol))
    assert [event["name"] for event in await stored(1)] == ["Buy"]
    assert [(kept["event_id"], kept["reason"]) for kept in await rejections()] == [(bad, "text_too_long")]
    assert [one.status for one in front.posts()] == [200]
    # The older protocol has no word for it; the newer one tells whoever listens.
    assert ["1 dropped, 0 undelivered" in error for error in errors] == ([] if protocol == "v0" else [True])


async def test_there_are_no_feature_flags(server, shop, node):
    assert json.loads(await node("posthog.mjs", "flags", server.url, shop.write_key)) == [None, {}]
