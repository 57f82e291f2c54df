"""posthog for Python, pointed at a real server, in both versions of its protocol."""

import logging
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from posthog import Posthog

from tests.integration.sdk.conftest import snippet


@pytest.fixture
def errors(caplog):
    caplog.set_level(logging.WARNING, logger="posthog")
    yield lambda: [record.getMessage() for record in caplog.records if record.name.startswith("posthog")]


def client(url, key, **options):
    failures = []
    made = Posthog(key, host=url, on_error=lambda failure, batch: failures.append(failure), **options)
    return made, failures


@pytest.fixture(params=["v0", "v1"])
def protocol(request):
    return request.param


async def test_the_snippet_in_the_docs_sends_its_events(server, shop, stored):
    code = snippet("PostHog", "Python", "python", server.url, shop.write_key)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")
    identified, ordered = sorted(await stored(2), key=lambda event: event["type"])
    assert (identified["type"], identified["visitor"], identified["properties"]) == (
        "identify",
        "user-1",
        {"plan": "team"},
    )
    assert (ordered["type"], ordered["name"], ordered["visitor"]) == ("track", "Order Completed", "user-1")
    assert ordered["properties"]["revenue"] == 42.5


@pytest.mark.parametrize("packing", [{"gzip": True}, {}, {"capture_compression": "deflate"}])
async def test_every_call_reaches_its_place(server, shop, stored, bodies, errors, protocol, packing):
    posthog, failures = client(server.url, shop.write_key, capture_mode=protocol, **packing)
    at = datetime.now(UTC) - timedelta(minutes=5)
    known = str(uuid.uuid4())
    properties = {"price": 1.5, "$session_id": "s1", "$set": {"vip": True}, "$current_url": "https://a.example/x"}
    posthog.capture("Buy", distinct_id="u", properties=properties, timestamp=at, uuid=known, groups={"company": "acme"})
    posthog.set(distinct_id="u", properties={"plan": "free"})
    posthog.set_once(distinct_id="u", properties={"first": "today"})
    posthog.alias(previous_id="u", distinct_id="former")
    posthog.group_identify("company", "acme", {"name": "Acme"}, distinct_id="u")
    posthog.capture("$pageview", distinct_id="u", properties={"$current_url": "https://a.example/", "title": "Home"})
    posthog.shutdown()
    events = await stored(6)
    sent = await bodies()
    assert errors() == failures == []
    assert sorted(event["type"] for event in events) == ["alias", "group", "identify", "identify", "page", "track"]
    assert {event["visitor"] for event in events} == {"u"}
    assert {event["context"]["library"]["name"] for event in events} == {"posthog-python"}
    [buy] = [event for event in events if event["type"] == "track"]
    assert (str(buy["id"]), buy["name"], buy["session"]) == (known, "Buy", "s1")
    assert abs(buy["timestamp"] - at) < timedelta(seconds=2)
    assert (buy["properties"]["price"], buy["properties"]["$set"]) == (1.5, {"vip": True})
    assert buy["context"]["groups"] == {"company": "acme"}
    assert buy["context"]["page"] == {"url": "https://a.example/x"}
    [page] = [event for event in events if event["type"] == "page"]
    assert page["context"]["page"] == {"url": "https://a.example/", "title": "Home"}
    once, plan = sorted((e for e in sent if e["type"] == "identify"), key=lambda event: len(event["traits"]))
    assert (plan["traits"], once["traitsOnce"]) == ({"plan": "free"}, {"first": "today"})
    [alias] = [event for event in sent if event["type"] == "alias"]
    assert (alias["user"], alias["previousId"]) == ("u", "former")
    [group] = [event for event in sent if event["type"] == "group"]
    assert (group["groupType"], group["groupId"], group["traits"]) == ("company", "acme", {"name": "Acme"})


async def test_what_is_sent_again_counts_once(front, shop, stored, errors, protocol):
    front.refuse(503)
    front.lose()
    posthog, failures = client(front.url, shop.write_key, capture_mode=protocol)
    for number in range(3):
        posthog.capture(f"Buy {number}", distinct_id="u")
    posthog.shutdown()
    assert [event["name"] for event in await stored(3)] == ["Buy 0", "Buy 1", "Buy 2"]
    assert [one.status for one in front.posts()] == [503, 0, 200]
    assert errors() == failures == []


async def test_what_can_never_be_taken_is_given_up_at_once(front, errors, protocol):
    posthog, failures = client(front.url, "gw_unknown", capture_mode=protocol)
    posthog.capture("Buy", distinct_id="u")
    posthog.shutdown()
    assert [one.status for one in front.posts()] == [401]
    assert [failure.status for failure in failures] == [401]
    assert "the write key is not known" in errors()[0]


async def test_a_refused_event_costs_no_other_and_is_not_sent_again(front, shop, stored, rejections, protocol):
    posthog, failures = client(front.url, shop.write_key, capture_mode=protocol)
    bad = posthog.capture("x" * 600, distinct_id="u")
    posthog.capture("Buy", distinct_id="u")
    posthog.shutdown()
    assert [event["name"] for event in await stored(1)] == ["Buy"]
    assert [(kept["event_id"], kept["reason"]) for kept in await rejections()] == [(bad, "text_too_long")]
    assert [one.status for one in front.posts()] == [200]
    # The older protocol has no word for it; the newer one tells whoever listens.
    assert [failure.drops for failure in failures] == (
        [] if protocol == "v0" else [[(bad, "text_too_long: name has 600 characters; at most 512 are taken")]]
    )


async def test_there_are_no_feature_flags(server, shop, errors):
    posthog, failures = client(server.url, shop.write_key)
    flags = posthog.evaluate_flags("u")
    assert flags.get_flag("anything") is None
    assert posthog.get_all_flags("u") == {}
    posthog.shutdown()
    assert [message for message in errors() if "deprecated" not in message] == failures == []


async def test_ai_events_are_stored_as_any_other(server, shop, stored, errors):
    posthog, failures = client(server.url, shop.write_key)
    posthog.capture_ai("$ai_generation", distinct_id="u", properties={"$ai_model": "m", "$ai_input_tokens": 3})
    posthog.shutdown()
    [event] = await stored(1)
    assert (event["name"], event["properties"]["$ai_model"]) == ("$ai_generation", "m")
    assert errors() == failures == []
