"""@segment/analytics-node, pointed at a real server."""

import json
import uuid
from datetime import UTC, datetime, timedelta

from tests.integration.sdk.conftest import snippet


async def test_the_snippet_in_the_docs_sends_its_events(server, shop, stored, node, node_snippet):
    code = snippet("Segment", "Node", "js", server.url, shop.write_key)
    assert await node(node_snippet(code)) == ""
    identified, ordered = sorted(await stored(2), key=lambda event: event["type"])
    assert (identified["type"], identified["user"], identified["properties"]) == (
        "identify",
        "user-1",
        {"plan": "team"},
    )
    assert (ordered["name"], ordered["visitor"], ordered["properties"]) == (
        "Order Completed",
        "user-1",
        {"revenue": 42.5},
    )


async def test_every_call_reaches_its_place(server, shop, stored, bodies, node):
    assert json.loads(await node("segment.mjs", "calls", server.url, shop.write_key)) == []
    events = {event["type"]: event for event in await stored(6)}
    sent = {event["type"]: event for event in await bodies()}
    buy = events["track"]
    assert (buy["message_id"], buy["name"], buy["visitor"], buy["user"]) == ("m-track", "Buy", "a", "u")
    assert (buy["properties"], buy["context"]["ip"]) == ({"price": 1.5}, "8.8.8.8")
    assert buy["context"]["library"]["name"] == "@segment/analytics-node"
    assert abs(buy["timestamp"] - (datetime.now(UTC) - timedelta(minutes=5))) < timedelta(seconds=30)
    assert sent["track"]["integrations"] == {"Amplitude": False}
    page = events["page"]
    assert (page["name"], page["visitor"], page["user"]) == ("Home", "a", None)
    assert page["properties"]["url"] == "https://a.example/x?y"
    assert (events["screen"]["name"], events["screen"]["visitor"]) == ("Settings", "u")
    identified = events["identify"]
    assert (identified["visitor"], identified["user"]) == ("a", "u")
    assert identified["properties"] == {"plan": "free", "logins": 5}
    assert (sent["group"]["groupId"], sent["group"]["traits"]) == ("acme", {"name": "Acme"})
    assert (sent["alias"]["previousId"], sent["alias"]["userId"]) == ("a", "u")


async def test_what_is_sent_again_counts_once(front, shop, stored, node):
    front.refuse(503)
    front.refuse(429)
    front.lose()
    assert json.loads(await node("segment.mjs", "three", front.url, shop.write_key)) == []
    assert sorted(event["name"] for event in await stored(3)) == ["Buy 0", "Buy 1", "Buy 2"]
    assert [one.status for one in front.posts()] == [503, 429, 0, 200]


async def test_what_can_never_be_taken_is_given_up_at_once(front, node):
    errors = json.loads(await node("segment.mjs", "three", front.url, "gw_unknown"))
    assert [one.status for one in front.posts()] == [401]
    assert errors == ["delivery_failure: [401] Unauthorized"] * 3


async def test_a_refused_event_costs_no_other_and_is_not_sent_again(front, shop, stored, rejections, node):
    bad = str(uuid.uuid4())
    assert json.loads(await node("segment.mjs", bad, front.url, shop.write_key)) == []
    assert [event["name"] for event in await stored(1)] == ["Buy"]
    assert [(kept["event_id"], kept["reason"]) for kept in await rejections()] == [(bad, "text_too_long")]
    assert [one.status for one in front.posts()] == [200]
