"""Browsers that store nothing: told apart for a day by what their requests tell, and by nobody after that."""

import time
import uuid
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address

import asyncpg
import httpx
import pytest

from gooddata.ingestion.cookieless import DailySalts, daily_visitor, with_daily_visitor
from gooddata.ingestion.request import open_request
from gooddata.ingestion.settle import Clock
from gooddata.ingestion.unusable import Unusable
from tests.conftest import new_project
from tests.integration.sent import event

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/605.1.15"


@pytest.fixture
async def shop(databases):
    return await new_project(databases)


@pytest.fixture
async def http(processes, shop):
    processes.environment["GOODDATA_TRUSTED_PROXIES"] = "127.0.0.1"
    server = await processes.serve(role=("ingest",))
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        yield client


def unnamed(**fields):
    """An event of a browser that has no id."""
    made = event(**fields)
    del made["visitor"]
    return made | fields


async def send(http, shop, *events, agent=FIREFOX, address="192.0.2.1", **envelope):
    body = {"writeKey": shop.write_key, "cookieless": True, "batch": events} | envelope
    return await http.post("/v1/batch", json=body, headers={"user-agent": agent, "x-forwarded-for": address})


async def visitors(databases):
    """Whose the stored events are, by event."""
    connection = await asyncpg.connect(databases.raw_dsn)
    rows = await connection.fetch("SELECT id::text, visitor FROM raw.events")
    await connection.close()
    return {row["id"]: row["visitor"] for row in rows}


async def test_one_browser_is_one_visitor_for_the_day_and_others_are_others(http, shop, databases):
    first, again, other_browser, other_address = (unnamed() for _ in range(4))
    assert (await send(http, shop, first)).json()["accepted"] == 1
    assert (await send(http, shop, again)).json()["accepted"] == 1
    assert (await send(http, shop, other_browser, agent=SAFARI)).json()["accepted"] == 1
    assert (await send(http, shop, other_address, address="192.0.2.2")).json()["accepted"] == 1
    whose = await visitors(databases)
    assert whose[first["id"]] == whose[again["id"]]
    assert len({whose[one["id"]] for one in (first, other_browser, other_address)}) == 3
    assert all(visitor.startswith("cookieless.") for visitor in whose.values())


async def test_two_servers_agree_and_a_restart_changes_nothing(processes, http, shop, databases):
    first, second = unnamed(), unnamed()
    await send(http, shop, first)
    server = await processes.serve(role=("ingest",))
    async with httpx.AsyncClient(base_url=server.url) as client:
        await send(client, shop, second)
    assert len(set((await visitors(databases)).values())) == 1


async def test_the_address_is_stored_nowhere(http, shop, databases):
    await send(http, shop, unnamed(), unnamed(timestamp="never"), address="203.0.113.77")
    connection = await asyncpg.connect(databases.raw_dsn)
    for table in ("batch", "rejection", "ledger"):
        rows = await connection.fetch(f"SELECT t::text AS row FROM raw.{table} t")
        assert not any("203.0.113.77" in row["row"] for row in rows)
        assert not any(b"203.0.113.77".hex() in row["row"] for row in rows)
    await connection.close()


async def test_a_visitor_that_is_named_all_the_same_is_not_kept(http, shop, databases):
    await send(http, shop, event(visitor="v1"), unnamed(anonymousId="a1"), unnamed(user="u1"))
    assert len(set((await visitors(databases)).values())) == 1


async def test_bad_events_cost_their_neighbours_nothing(http, shop, databases):
    answer = (await send(http, shop, unnamed(), 7, unnamed(id=None), {}, unnamed())).json()
    assert answer["accepted"] == 2
    assert [one["index"] for one in answer["rejected"]] == [1, 2, 3]
    assert "token" not in answer


async def test_without_the_word_cookieless_a_visitor_is_needed(http, shop):
    answer = (await send(http, shop, unnamed(), cookieless=False)).json()
    assert [one["reason"] for one in answer["rejected"]] == ["missing_visitor"]


async def test_resent_events_count_once(http, shop):
    sent = [unnamed(), unnamed()]
    assert (await send(http, shop, *sent)).json()["accepted"] == 2
    assert (await send(http, shop, *sent)).json()["duplicate"] == 2


async def test_salts_are_shared_made_a_day_ahead_and_deleted_a_day_later(databases):
    today = datetime.now(UTC).date()
    one, two = DailySalts(databases.raw_dsn), DailySalts(databases.raw_dsn)
    await one.renew(today)
    await two.renew(today)
    tomorrow = today + timedelta(days=1)
    for day in (today, tomorrow):
        assert one.of(day) == two.of(day) and len(one.of(day)) == 32
    kept = one.of(today)
    await two.renew(tomorrow)
    assert two.of(today) == kept  # for what is sent again after midnight
    await two.renew(today + timedelta(days=2))
    assert two.of(today) is None
    connection = await asyncpg.connect(databases.raw_dsn)
    assert await connection.fetchval("SELECT min(day) FROM raw.daily_salt") == tomorrow
    await connection.close()


class Given:
    """Salts as they are given."""

    def __init__(self, *days: date) -> None:
        self.salts = {day: bytes([number]) * 32 for number, day in enumerate(days)}

    def of(self, day):
        return self.salts.get(day)


def sent_at(received: datetime, happened: datetime, salts) -> str:
    """The visitor of an event that happened then, when it is received then."""
    ms = [int(moment.timestamp() * 1000) for moment in (happened, received)]
    body = b'{"writeKey":"k","cookieless":true,"sentAt":%d,"batch":[{"id":"%s","type":"page","timestamp":%d}]}'
    opened = open_request(body % (ms[1], str(uuid.UUID(int=7)).encode(), ms[0]), "/v1/batch", None)
    stamped = with_daily_visitor(opened, Clock.of(ms[1], opened.sent_at, 30), salts, "p", None, FIREFOX)
    return stamped.usual[0].visitor


def test_what_is_sent_again_after_midnight_is_the_same_visitors():
    noon = datetime(2026, 11, 25, 23, 59, 58, tzinfo=UTC)
    days = [noon.date() + timedelta(days=n) for n in range(-1, 3)]
    salts = Given(*days)
    before = sent_at(noon, noon, salts)
    assert sent_at(noon + timedelta(seconds=10), noon, salts) == before
    assert sent_at(noon + timedelta(seconds=10), noon + timedelta(seconds=9), salts) != before
    # What is older than any salt counts for the day on which it comes.
    late = noon + timedelta(days=2)
    assert sent_at(late, noon - timedelta(days=5), Given(late.date())) == sent_at(late, late, Given(late.date()))


def test_without_a_salt_nothing_is_taken():
    now = datetime.fromtimestamp(time.time(), UTC)
    with pytest.raises(Unusable, match="no salt") as refused:
        sent_at(now, now, Given())
    assert (refused.value.status, refused.value.retry_after) == (503, "1")


def test_an_id_differs_by_project_and_salt_and_holds_for_a_network_of_ipv6():
    salt = b"s" * 32
    mine = daily_visitor(salt, "p", ip_address("2001:db8::1"), FIREFOX)
    assert mine == daily_visitor(salt, "p", ip_address("2001:db8::ffff:2"), FIREFOX)
    others = {
        daily_visitor(salt, "p", ip_address("2001:db8:0:1::1"), FIREFOX),
        daily_visitor(salt, "q", ip_address("2001:db8::1"), FIREFOX),
        daily_visitor(b"t" * 32, "p", ip_address("2001:db8::1"), FIREFOX),
        daily_visitor(salt, "p", ip_address("2001:db8::1"), SAFARI),
    }
    assert len(others | {mine}) == 5
