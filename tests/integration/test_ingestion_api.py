"""The ingestion API as senders meet it, on a real server and a real database."""

import base64
import gzip
import json
import random
from datetime import UTC, datetime

import asyncpg
import httpx
import pytest

from gooddata.ingestion import limits
from tests.integration.sent import event


async def ledger(http, shop):
    return (await http.get("/api/ledger", headers={"Authorization": f"Bearer {shop.read_key}"})).json()


@pytest.fixture
async def raw(shared):
    connection = await asyncpg.connect(shared.raw_dsn)
    yield connection
    await connection.close()


@pytest.fixture
async def http(server):
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        yield client


async def send(http, shop, *events, **body):
    answer = await http.post("/v1/batch", json={"writeKey": shop.write_key, "batch": events} | body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_what_is_acknowledged_is_in_raw_events_as_sent(http, shop, raw):
    sent = event(
        user="u1",
        session="s1",
        timestamp="2026-11-01T10:00:00.250Z",
        properties={"price": 12.5, "tags": ["ä", "😀"]},
        context={"locale": "de"},
        vector=[1, 2.5, 1e-60],
    )
    receipt = await http.post(
        "/v1/batch",
        json={"batch": [sent], "context": {"locale": "en", "page": {"path": "/x"}}, "import": True},
        headers={"Authorization": f"Bearer {shop.read_key}"},
    )
    assert receipt.json()["accepted"] == 1
    row = dict(await raw.fetchrow("SELECT * FROM raw.events WHERE project_id = $1", shop.project))
    assert str(row["id"]) == row["message_id"] == sent["id"]
    assert (row["project_id"], row["type"], row["name"]) == (shop.project, "track", "Buy")
    assert (row["visitor"], row["user"], row["session"]) == (sent["visitor"], "u1", "s1")
    assert row["timestamp"] == datetime(2026, 11, 1, 10, 0, 0, 250_000, UTC)
    assert json.loads(row["properties"]) == sent["properties"]
    assert json.loads(row["context"]) == {"locale": "de", "page": {"path": "/x"}}
    assert row["vector"] == [1, 2.5, 0]


async def test_one_bad_event_costs_none_of_its_neighbours_and_is_kept_with_its_reason(http, shop, raw):
    good, bad = event(), event(timestamp="yesterday")
    receipt = await send(http, shop, good, bad, event())
    assert receipt["accepted"] == 2
    assert receipt["rejected"] == [
        {
            "index": 1,
            "id": bad["id"],
            "field": "timestamp",
            "reason": "invalid_timestamp",
            "message": "timestamp must be an ISO 8601 date and time, or milliseconds since 1970",
        }
    ]
    kept = await raw.fetchrow("SELECT * FROM raw.rejection WHERE project_id = $1", shop.project)
    assert (kept["event_id"], kept["field"], kept["reason"]) == (bad["id"], "timestamp", "invalid_timestamp")
    assert json.loads(kept["body"])["timestamp"] == "yesterday"
    counted = await ledger(http, shop)
    assert counted == {
        "received": 3,
        "stored": 2,
        "duplicate": 0,
        "rejected": {"invalid_timestamp": 1},
        "dropped": {},
    }


async def test_an_event_counts_once_however_it_is_sent_again(http, shop, raw):
    events = [event() for _ in range(20)]
    await send(http, shop, *events)
    assert (await send(http, shop, *events))["duplicate"] == 20
    regrouped = [*events[5:15], event()]
    random.Random(1).shuffle(regrouped)
    receipt = await send(http, shop, *regrouped, regrouped[0])
    assert (receipt["accepted"], receipt["duplicate"]) == (1, 11)
    assert await raw.fetchval("SELECT count(*) FROM raw.events WHERE project_id = $1", shop.project) == 21
    counted = await ledger(http, shop)
    assert counted["received"] == counted["stored"] + counted["duplicate"] == 52


@pytest.mark.parametrize(
    "headers",
    [
        lambda key: {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()},
        lambda key: {"Authorization": f"Bearer {key}"},
    ],
)
async def test_keys_come_in_the_header_too(http, shop, headers):
    answer = await http.post("/v1/batch", json={"batch": [event()]}, headers=headers(shop.write_key))
    assert answer.json()["accepted"] == 1


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/v1/track", {"event": "Buy"}),
        ("/v1/t", {"event": "Buy", "properties": None}),
        ("/v1/page", {"name": "Home", "properties": {"path": "/"}}),
        ("/v1/screen", {"name": "Home"}),
        ("/v1/identify", {"traits": {"plan": "free"}}),
        ("/v1/group", {"groupId": "g", "traits": None}),
        ("/v1/alias", {"previousId": "p"}),
    ],
)
async def test_segments_single_calls_are_events(http, shop, raw, path, sent):
    body = {"messageId": f"m {path}", "userId": "u1", "writeKey": shop.write_key, "sentAt": "2020-01-01T00:00:00Z"}
    answer = await http.post(path, json=body | sent)
    assert answer.json()["accepted"] == 1
    row = await raw.fetchrow("SELECT * FROM raw.events WHERE project_id = $1", shop.project)
    assert row["type"].startswith(path.removeprefix("/v1/"))
    assert row["id"].version == 5
    assert row["message_id"] == f"m {path}"


@pytest.mark.parametrize(
    ("key", "headers", "status", "code"),
    [
        (None, {}, 401, "missing_key"),
        ("gw_unknown", {}, 401, "unknown_key"),
        ("read", {}, 403, "wrong_scope"),
        ("write", {"X-GoodData-Import": "1"}, 403, "wrong_scope"),
    ],
)
async def test_the_wrong_key_is_told_so(http, shop, key, headers, status, code):
    known = {"read": shop.read_key, "write": shop.write_key}
    answer = await http.post("/v1/batch", json={"batch": [], "writeKey": known.get(key, key)}, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_too_much_is_refused_and_chunks_are_counted(http, shop):
    too_long = b'{"batch":[]}' + b" " * limits.BODY_BYTES

    async def chunks(body):
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    much_too_long = too_long * 8
    for content in (too_long, chunks(too_long), much_too_long, chunks(much_too_long)):
        answer = await http.post("/v1/batch", content=content)
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")
    fitting = gzip.compress(json.dumps({"writeKey": shop.write_key, "batch": [event()]}).encode())
    answer = await http.post("/v1/batch", content=fitting, headers={"Content-Encoding": "gzip"})
    assert answer.json()["accepted"] == 1


async def test_a_browser_on_another_site_may_send(http):
    answer = await http.options("/v1/batch", headers={"Origin": "https://shop.example"})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    refused = await http.post("/v1/batch", content=b"x")
    assert refused.headers["access-control-allow-origin"] == "*"


async def test_only_a_visitor_that_is_hard_to_guess_gets_a_token(http, shop):
    assert "token" in await send(http, shop, event())
    assert "token" not in await send(http, shop, event(visitor="42"))
    assert "token" not in await send(http, shop, event(), event())


async def test_a_lone_old_event_needs_an_import(http, shop, raw):
    old = event(timestamp="2015-05-17T10:05:03Z")
    assert (await send(http, shop, old))["rejected"][0]["reason"] == "too_old"
    headers = {"Authorization": f"Bearer {shop.read_key}", "X-GoodData-Import": "1"}
    answer = await http.post("/v1/batch", json={"batch": [old], "sentAt": "2000-01-01T00:00:00Z"}, headers=headers)
    assert answer.json()["accepted"] == 1
    assert await raw.fetchval("SELECT timestamp FROM raw.events WHERE project_id = $1", shop.project) == datetime(
        2015, 5, 17, 10, 5, 3, tzinfo=UTC
    )
