"""Rejected events: kept within a quota, listed, and sent again after a fix."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from gooddata.ingestion import limits
from tests.conftest import new_project
from tests.integration.site import shared_server

QUOTA = 40_000
PLAN = {"mode": "enforce", "events": {"A": {"required": ["x"]}}}


def event(**fields):
    return {"id": str(uuid.uuid4()), "type": "track", "name": "A", "visitor": str(uuid.uuid4())} | fields


def listed(site, *arguments):
    return json.loads(site.command("rejected", "list", "--project", site.shop.project, "--json", *arguments))


def replayed(site, *arguments):
    url = ("--url", str(site.http.base_url))
    return json.loads(site.command("rejected", "replay", "--project", site.shop.project, "--json", *url, *arguments))


@pytest.fixture(scope="module")
async def server(postgres, template, tmp_path_factory):
    async with shared_server(postgres, tmp_path_factory.mktemp("refusing"), rejected_bytes=str(QUOTA)) as made:
        yield made


@pytest.fixture
async def site(server):
    async with server.site() as made:
        yield made


async def test_past_the_quota_only_the_reason_is_counted(site):
    big = {"padding": "x" * 10_000}
    for _ in range(3):
        await site.send(*[event(type="nonsense", properties=big) for _ in range(5)])
    kept = listed(site)
    assert len(kept) == QUOTA // (limits.REJECTION_BYTES + 100) == 4
    assert {len(k["event"]) for k in kept} == {limits.REJECTION_BYTES}
    assert not any(k["replayable"] for k in kept)
    assert (await site.ledger())["rejected"] == {"invalid_type": 15}

    other = await new_project(site.databases)
    await site.http.post("/v1/batch", json={"writeKey": other.write_key, "batch": [event(type="nonsense")]})
    assert len(await site.raw("SELECT FROM raw.rejection WHERE project_id = $1", other.project)) == 1
    # A new day, a new quota.
    await site.raw("UPDATE raw.rejection_usage SET day = day - 1")
    await site.send(event(type="nonsense"))
    assert len(listed(site)) == 5


async def test_a_list_tells_what_was_wrong_and_can_be_narrowed(site):
    bad = event(timestamp="never")
    await site.send(bad, event(type="nonsense"), context={"locale": "de"})
    late, odd = listed(site)
    assert (late["reason"], late["field"], late["event_id"]) == ("invalid_timestamp", "timestamp", bad["id"])
    assert json.loads(late["event"]) == bad
    assert json.loads(late["context"]) == {"locale": "de"}
    assert late["replayable"]
    assert listed(site, "--reason", "invalid_type") == [odd]
    assert listed(site, "--since", (datetime.now(UTC) + timedelta(minutes=1)).isoformat()) == []
    assert "invalid_timestamp" in site.command("rejected", "list")


@pytest.mark.parametrize(
    ("sent", "reason", "kept"),
    [
        (b'"id":"a\\u0000b","name":"A"', "unreadable_text", "a\ufffdb"),
        (b'"id":"a\\ud800b","name":"A"', "not_json", "a?b"),
        (b'"id":"a\\u0000b","name":"A","timestamp":[]', "invalid_timestamp", "a\ufffdb"),
        (b'"id":"' + b"x" * 60_000 + b'","name":"A"', "text_too_long", "x" * 512),
        (b'"id":"ok","name":"A","a\\u0000":1', "unreadable_text", "ok"),
        (b'"id":"ok","name":"\\ud800"', "not_json", "ok"),
    ],
    ids=["NUL", "surrogate", "NUL and more", "long", "NUL elsewhere", "surrogate elsewhere"],
)
async def test_an_id_that_no_column_can_hold_costs_nobody_anything(site, sent, reason, kept):
    batch = b'{"writeKey":"%b","batch":[{"type":"track","visitor":"v",%b},%b]}' % (
        site.shop.write_key.encode(), sent, json.dumps(event()).encode(),
    )  # fmt: skip
    answer = await site.http.post("/v1/batch", content=batch)
    assert answer.status_code == 200, answer.text
    assert answer.json()["accepted"] == 1
    assert [r["reason"] for r in answer.json()["rejected"]] == [reason]
    assert [k["event_id"] for k in listed(site)] == [kept]
    assert (await site.ledger())["rejected"] == {reason: 1}


async def test_a_single_call_is_kept_with_the_type_that_its_path_says(site):
    await site.send({"event": "A", "messageId": "m1", "userId": "u1", "timestamp": "never"}, path="/v1/track")
    [kept] = listed(site)
    assert json.loads(kept["event"])["type"] == "track"
    assert replayed(site)["rejected"] == {"invalid_timestamp": 1}


async def test_after_a_fix_what_was_rejected_is_taken_in_as_it_was(site):
    await site.set_plan(PLAN)
    before = datetime.now(UTC) - timedelta(seconds=1)
    when = int((datetime.now(UTC) - timedelta(days=2)).timestamp() * 1_000)
    timeless, timed, wrong = event(), event(timestamp=when, context={"own": 1}), event(timestamp="never")
    await site.send(timeless, timed, wrong, event(properties={"x": 1}), context={"locale": "de"})
    await site.send({"event": "A", "messageId": "m1", "userId": "u1"}, path="/v1/track")
    received = datetime.now(UTC) + timedelta(seconds=1)
    await site.rule("plan", "remove", site.shop.project)

    report = replayed(site, "--reason", "tracking_plan")
    assert report == {
        "offered": 3, "accepted": 3, "duplicate": 0, "spooled": 0, "dropped": 0, "rejected": {}, "cut": 0,
    }  # fmt: skip
    rows = {row["message_id"]: row for row in await site.stored()}
    assert before < rows[timeless["id"]]["timestamp"] < received
    assert rows[timed["id"]]["timestamp"] == datetime.fromtimestamp(when / 1_000, UTC)
    assert json.loads(rows[timed["id"]]["context"]) == {"locale": "de", "own": 1}
    assert json.loads(rows[timeless["id"]]["context"]) == {"locale": "de"}
    assert (rows["m1"]["type"], rows["m1"]["name"], rows["m1"]["user"]) == ("track", "A", "u1")

    assert replayed(site, "--reason", "tracking_plan")["offered"] == 0
    assert [k["reason"] for k in listed(site)] == ["invalid_timestamp"]
    assert len(listed(site, "--replayed")) == 4
    counted = await site.ledger()
    assert (counted["received"], counted["stored"]) == (8, 4)
    assert counted["rejected"] == {"tracking_plan": 3, "invalid_timestamp": 1}


async def test_what_is_refused_again_stays_once_with_its_new_reason(site):
    await site.set_plan(PLAN)
    bad, good = event(), event()
    await site.send(bad, good)
    await site.set_plan({"mode": "enforce", "events": {"A": False}})
    assert replayed(site)["rejected"] == {"tracking_plan": 2}
    [first, second] = listed(site)
    assert (first["event_id"], first["field"]) == (bad["id"], "properties")
    assert second["replayed_at"] is None
    await site.rule("plan", "remove", site.shop.project)
    await site.send(good)
    report = replayed(site)
    assert (report["accepted"], report["duplicate"]) == (1, 1)
    assert listed(site) == []
    assert (await site.ledger())["rejected"] == {"tracking_plan": 4}


async def test_what_is_kept_in_part_is_not_sent(site):
    cut = event(type="nonsense", properties={"padding": "x" * 10_000})
    await site.send(cut, event(timestamp="2001-01-01T00:00:00Z"))
    report = replayed(site)
    assert (report["offered"], report["accepted"], report["cut"]) == (2, 1, 1)
    assert [k["event_id"] for k in listed(site)] == [cut["id"]]
    assert "cannot be replayed" in site.command("rejected", "list")


async def test_many_are_sent_in_parts(site):
    old = [event(timestamp="2001-01-01T00:00:00Z") for _ in range(600)]
    bodies = [json.dumps(e | {"p": "x" * 5_000}).encode() for e in old]
    await site.raw(
        """INSERT INTO raw.rejection (project_id, received_at, reason, body)
           SELECT $1, now(), 'too_old', body FROM unnest($2::bytea[]) AS body""",
        site.shop.project,
        bodies,
    )
    assert replayed(site)["accepted"] == 600
    assert listed(site) == []
