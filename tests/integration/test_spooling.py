"""While the event log is away, events are kept on the server's disk, and reach the log in order when it is back."""

import asyncio
import os
import signal
import uuid

import asyncpg
import httpx
import pytest

from tests.conftest import new_project
from tests.integration.lossy_proxy import LossyProxy
from tests.integration.sent import event


@pytest.fixture
async def shop(databases):
    return await new_project(databases)


@pytest.fixture
async def server(processes, shop):
    return await processes.serve(role=("ingest",))


@pytest.fixture
async def http(server):
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        yield client


@pytest.fixture
def away(postgres):
    """Stops the database server; the test starts it again with `postgres.start()`."""
    postgres.stop()
    yield postgres
    if postgres.poll() is not None:
        postgres.start()


async def send(http, shop, *events):
    return await http.post("/v1/batch", json={"writeKey": shop.write_key, "batch": events})


async def eventually(databases, question, expected, seconds=20):
    """Waits until a query of the raw database gives what is expected."""
    for _ in range(seconds * 20):
        try:
            connection = await asyncpg.connect(databases.raw_dsn)
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(0.05)
            continue
        found = await connection.fetchval(question)
        await connection.close()
        if found == expected:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{question} gives {found}, not {expected}")


async def ledger_of(databases):
    connection = await asyncpg.connect(databases.raw_dsn)
    rows = await connection.fetch("SELECT outcome, sum(events)::int AS events FROM raw.ledger GROUP BY 1")
    await connection.close()
    return {row["outcome"]: row["events"] for row in rows}


STORED = "SELECT count(*)::int FROM raw.events"


async def test_what_is_sent_while_the_log_is_away_reaches_it_once_and_in_order(http, shop, databases, away):
    visitor = str(uuid.uuid4())
    sent = [event(visitor=visitor, name=f"{number:03}") for number in range(60)]
    for start in range(0, 60, 10):
        answer = await send(http, shop, *sent[start : start + 10])
        assert answer.status_code == 200
        assert {"accepted": 0, "duplicate": 0, "spooled": 10}.items() <= answer.json().items()
    again = await send(http, shop, *sent[:10], event(timestamp="yesterday"))
    assert (again.json()["spooled"], len(again.json()["rejected"])) == (10, 1)
    away.start()
    await eventually(databases, STORED, 60)
    await eventually(databases, "SELECT sum(events)::int FROM raw.ledger", 71)
    assert await ledger_of(databases) == {"stored": 60, "duplicate": 10, "rejected": 1}
    connection = await asyncpg.connect(databases.raw_dsn)
    order = await connection.fetch(
        "SELECT name FROM raw.events JOIN raw.batch b ON batch_id = b.partition || '-' || b.seq ORDER BY b.seq, name"
    )
    await connection.close()
    assert [row["name"] for row in order] == [one["name"] for one in sent]
    assert (await send(http, shop, event())).json()["accepted"] == 1


async def test_what_was_spooled_outlives_a_kill_of_the_server(processes, server, http, shop, databases, away):
    sent = [event() for _ in range(20)]
    assert (await send(http, shop, *sent)).json()["spooled"] == 20
    server.process.kill()
    server.process.wait()
    away.start()
    restarted = await processes.serve(role=("ingest",))
    await eventually(databases, STORED, 20)
    async with httpx.AsyncClient(base_url=restarted.url) as client:
        assert (await send(client, shop, *sent)).json()["duplicate"] == 20
    assert await ledger_of(databases) == {"stored": 20, "duplicate": 20}
    assert list((processes.data / "spool").rglob("*.segment")) == []


async def test_an_append_that_happened_but_was_not_confirmed_is_counted_once(processes, shop, databases, postgres):
    proxy = LossyProxy(postgres.port)
    async with proxy.running() as port:
        processes.environment["GOODDATA_RAW_DSN"] = databases.raw_dsn.replace(f":{postgres.port}/", f":{port}/")
        server = await processes.serve(role=("ingest",))
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            assert (await send(client, shop, event())).json()["accepted"] == 1
            proxy.loses_answers = True
            sent = [*(event() for _ in range(5)), event(timestamp="never")]
            sending = asyncio.create_task(send(client, shop, *sent))
            await eventually(databases, STORED, 6)
            assert not sending.done()
            proxy.break_connections()
            assert (await sending).json()["spooled"] == 5
            proxy.loses_answers = False
            while list((processes.data / "spool").rglob("*.segment")):
                await asyncio.sleep(0.05)
            assert await ledger_of(databases) == {"stored": 6, "rejected": 1}
            assert (await send(client, shop, event())).json()["accepted"] == 1
    await eventually(databases, STORED, 7)


async def test_duplicates_and_rejections_whose_append_was_not_confirmed_are_counted_once(
    processes, shop, databases, postgres
):
    proxy = LossyProxy(postgres.port)
    async with proxy.running() as port:
        processes.environment["GOODDATA_RAW_DSN"] = databases.raw_dsn.replace(f":{postgres.port}/", f":{port}/")
        server = await processes.serve(role=("ingest",))
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            sent = [event() for _ in range(5)]
            assert (await send(client, shop, *sent)).json()["accepted"] == 5
            # Its statement is prepared by now: an answer that is lost is that to the append.
            assert (await send(client, shop, sent[0])).json()["duplicate"] == 1
            proxy.loses_answers = True
            sending = asyncio.create_task(send(client, shop, *sent, event(timestamp="never")))
            await eventually(databases, "SELECT sum(events)::int FROM raw.ledger", 12)
            assert not sending.done()
            proxy.break_connections()
            assert (await sending).json()["spooled"] == 5
            proxy.loses_answers = False
            while list((processes.data / "spool").rglob("*.segment")):
                await asyncio.sleep(0.05)
            assert await ledger_of(databases) == {"stored": 5, "duplicate": 6, "rejected": 1}
            # What comes later, and is not confirmed either, is told from it.
            assert (await send(client, shop, *sent[:2])).json()["duplicate"] == 2
    await eventually(databases, "SELECT sum(events)::int FROM raw.ledger", 14)
    await eventually(databases, "SELECT count(*)::int FROM raw.receipt", 1)


async def test_a_server_that_hangs_counts_as_away(http, shop, databases, postgres):
    await send(http, shop, event())
    os.kill(postgres.pid, signal.SIGSTOP)
    backends = [int(pid) for pid in os.popen(f"pgrep -P {postgres.pid}").read().split()]
    for pid in backends:
        os.kill(pid, signal.SIGSTOP)
    try:
        answer = await send(http, shop, *[event() for _ in range(5)])
        assert answer.json()["spooled"] == 5
    finally:
        for pid in [*backends, postgres.pid]:
            os.kill(pid, signal.SIGCONT)
    await eventually(databases, STORED, 6)
    sent = 6
    while not (await send(http, shop, event())).json()["accepted"]:
        sent += 1
        await asyncio.sleep(0.05)
    await eventually(databases, STORED, sent + 1)


async def test_past_its_bound_the_spool_asks_senders_to_come_back(processes, shop, databases, postgres):
    processes.environment["GOODDATA_SPOOL_MB"] = "1"
    server = await processes.serve(role=("ingest",))
    postgres.stop()
    try:
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            spooled = 0
            for _ in range(60):
                answer = await send(client, shop, *[event(properties={"text": "x" * 1_000}) for _ in range(40)])
                if answer.status_code != 200:
                    break
                spooled += answer.json()["spooled"]
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            assert "spool" in answer.json()["error"]["message"]
            assert 500 < spooled < 1_000
    finally:
        postgres.start()
    await eventually(databases, STORED, spooled)


async def test_a_disk_without_room_for_copies_of_keys_does_not_keep_ingestion_from_starting(processes, shop):
    """Where the copies would be are folders in the way: even root cannot write there."""
    for name in ("ingest-keys.new", "ingest-rules.new"):
        (processes.data / name).mkdir(parents=True)
    server = await processes.serve(role=("ingest",))
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        assert (await send(client, shop, event())).json()["accepted"] == 1
