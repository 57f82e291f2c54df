"""segment-analytics-python, pointed at a real server."""

import logging
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from segment.analytics.client import Client

from tests.integration.sdk.conftest import snippet


@pytest.fixture
def errors(caplog):
    caplog.set_level(logging.WARNING, logger="segment")
    yield lambda: [record.getMessage() for record in caplog.records if record.name == "segment"]


def client(url, shop, **options):
    failures = []
    made = Client(shop.write_key, host=url, on_error=lambda failure, batch: failures.append(failure), **options)
    return made, failures


async def test_the_snippet_in_the_docs_sends_its_events(server, shop, stored):
    code = snippet("Segment", "Python", "python", server.url, shop.write_key)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")
    identified, ordered = sorted(await stored(2), key=lambda event: event["type"])
    assert (identified["type"], identified["user"], identified["properties"]) == (
        "identify",
        "user-1",
        {"plan": "team"},
    )
    assert (ordered["type"], ordered["name"], ordered["properties"]) == ("track", "Order Completed", {"revenue": 42.5})
    assert ordered["user"] == ordered["visitor"] == "user-1"


async def test_every_call_reaches_its_place(server, shop, stored, bodies, errors):
    analytics, failures = client(server.url, shop, gzip=True)
    at = datetime.now(UTC) - timedelta(minutes=5)
    options = {"context": {"ip": "8.8.8.8"}, "integrations": {"Amplitude": False}, "timestamp": at}
    analytics.track("u", "Buy", {"price": 1.5}, anonymous_id="a", message_id="m-track", **options)
    analytics.page(None, "Docs", "Home", {"url": "https://a.example/x?y"}, anonymous_id="a")
    analytics.screen("u", "Main", "Settings", {"dark": True})
    analytics.identify("u", {"plan": "free", "logins": 5}, anonymous_id="a")
    analytics.group("u", "acme", {"name": "Acme"})
    analytics.alias("a", "u")
    analytics.shutdown()
    events = {event["type"]: event for event in await stored(6)}
    sent = {event["type"]: event for event in await bodies()}
    assert errors() == failures == []
    buy = events["track"]
    assert (buy["message_id"], buy["name"], buy["visitor"], buy["user"]) == ("m-track", "Buy", "a", "u")
    assert buy["properties"] == {"price": 1.5}
    assert buy["context"]["ip"] == "8.8.8.8"
    assert buy["context"]["library"]["name"] == "analytics-python"
    assert abs(buy["timestamp"] - at) < timedelta(seconds=2)
    assert sent["track"]["integrations"] == {"Amplitude": False}
    page = events["page"]
    assert (page["name"], page["visitor"], page["user"]) == ("Home", "a", None)
    assert page["properties"] == {"url": "https://a.example/x?y"}
    assert sent["page"]["category"] == "Docs"
    screen = events["screen"]
    assert (screen["name"], screen["visitor"], screen["user"]) == ("Settings", "u", "u")
    identified = events["identify"]
    assert (identified["visitor"], identified["user"]) == ("a", "u")
    assert identified["properties"] == sent["identify"]["traits"] == {"plan": "free", "logins": 5}
    assert (sent["group"]["groupId"], sent["group"]["userId"], sent["group"]["traits"]) == (
        "acme",
        "u",
        {"name": "Acme"},
    )
    assert (sent["alias"]["previousId"], sent["alias"]["userId"]) == ("a", "u")
    assert (events["alias"]["user"], events["group"]["user"]) == ("u", "u")


@pytest.mark.parametrize("status", [429, 503])
async def test_what_is_sent_again_counts_once(front, shop, stored, errors, status):
    front.refuse(status)
    front.lose(2)
    analytics, failures = client(front.url, shop)
    for number in range(3):
        analytics.track("u", f"Buy {number}")
    analytics.shutdown()
    assert [event["name"] for event in await stored(3)] == ["Buy 0", "Buy 1", "Buy 2"]
    assert len(await stored(3)) == 3
    assert [one.status for one in front.posts()] == [status, 0, 0, 200]
    assert errors() == failures == []


async def test_it_waits_until_the_server_can_store_again(front, shop, stored, errors):
    front.refuse(503, 4)
    analytics, failures = client(front.url, shop, max_retries=1)
    analytics.track("u", "Buy")
    analytics.shutdown()
    assert len(await stored(1)) == 1
    assert failures == []


@pytest.mark.parametrize(
    ("key", "event", "status"),
    [("gw_unknown", "Buy", 401), (None, "Buy" * 300_000, 413)],
)
async def test_what_can_never_be_taken_is_given_up_at_once(front, shop, errors, monkeypatch, key, event, status):
    monkeypatch.setattr("segment.analytics.client.MAX_MSG_SIZE", 10_000_000)
    monkeypatch.setattr("segment.analytics.consumer.MAX_MSG_SIZE", 10_000_000)
    failures = []
    analytics = Client(key or shop.write_key, host=front.url, on_error=lambda failure, batch: failures.append(failure))
    analytics.track("u", event, {"filler": event * 2})
    analytics.shutdown()
    assert [one.status for one in front.posts()] == [status]
    assert [failure.status for failure in failures] == [status]


async def test_a_refused_event_costs_no_other_and_is_not_sent_again(front, shop, stored, rejections, errors):
    analytics, failures = client(front.url, shop)
    bad = str(uuid.uuid4())
    analytics.track("u", "x" * 600, message_id=bad)
    analytics.track("u", "Buy")
    analytics.shutdown()
    assert [event["name"] for event in await stored(1)] == ["Buy"]
    assert [(kept["event_id"], kept["reason"]) for kept in await rejections()] == [(bad, "text_too_long")]
    assert [one.status for one in front.posts()] == [200]
    assert errors() == failures == []
