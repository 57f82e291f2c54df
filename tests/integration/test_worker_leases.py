"""Workers share the partitions, and whatever is killed, paused or restarted, every event counts once."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from gooddata.errors import CursorMoved
from gooddata.event import partition_of
from gooddata.eventlog.batch import Append, NewBatch
from gooddata.eventlog.jetstream.address import address_of
from gooddata.eventlog.jetstream.log import JetStreamLog
from gooddata.eventlog.jetstream.make import make_stream
from gooddata.intelligence.facts.extract import Extractor
from gooddata.intelligence.facts.goals import Goals
from gooddata.intelligence.lease.leases import Leases
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.results.apply import apply
from gooddata.intelligence.results.round import Reader
from gooddata.intelligence.scoring.models import Models
from gooddata.intelligence.sessions.visitor import Memory
from gooddata.persistence.embedded import EmbeddedPostgres
from gooddata.persistence.migrate import migrate
from tests.conftest import Databases
from tests.integration.appended import append, body_of
from tests.integration.nats_servers import NatsServers
from tests.integration.workbench import MINUTE, PSEUDONYMS, SECRET, event, now, opened, page

# Held by whoever makes windows of time in analytics, which a worker does before the first round's transaction.
ROOM_LOCK = 7_013_046_013


@pytest.fixture
async def bench(databases):
    async with opened(databases) as made:
        yield made


async def holders(bench):
    rows = await bench.analytics.fetch("SELECT owner, count(*) AS n FROM analytics.cursor GROUP BY owner ORDER BY n")
    return [(row["owner"] is not None, row["n"]) for row in rows]


async def becomes(bench, wanted, seconds=5.0):
    for _ in range(int(seconds / 0.02)):
        if await holders(bench) == wanted:
            return
        await asyncio.sleep(0.02)
    assert await holders(bench) == wanted


async def test_workers_share_the_partitions_and_give_them_back(bench):
    first = bench.start()
    await becomes(bench, [(True, 4)])
    others = [bench.start(), bench.start()]
    await becomes(bench, [(True, 1), (True, 1), (True, 2)])
    await first.end()
    await becomes(bench, [(True, 2), (True, 2)])
    for other in others:
        await other.end()
    assert await holders(bench) == [(False, 4)]
    assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.worker") == 0


def start_process(databases, data, log="postgres", said=None):
    environment = os.environ | {
        "GOODDATA_LOG": log,
        "GOODDATA_RAW_DSN": databases.raw_dsn,
        "GOODDATA_ANALYTICS_DSN": databases.analytics_dsn,
        "GOODDATA_DATA": str(data),
        "GOODDATA_SECRET": SECRET,
    }
    command = [sys.executable, "-m", "gooddata", "work"]
    if said is None:
        return subprocess.Popen(command, env=environment)
    with said.open("wb") as file:
        return subprocess.Popen(command, env=environment, stderr=file)


async def test_killing_workers_at_any_moment_loses_and_doubles_nothing(bench, tmp_path):
    rng = random.Random(5)
    sent = 0
    processes = [start_process(bench.databases, tmp_path) for _ in range(2)]
    try:
        start = now() - 6 * 3_600_000
        for _ in range(150):
            events = [
                rng.choice([page, event])(start + rng.randrange(300) * MINUTE, f"v{rng.randrange(300)}")
                for _ in range(rng.randrange(1, 120))
            ]
            await append(bench.raw, bench.project, events)
            sent += len(events)
            await asyncio.sleep(rng.random() * 0.05)
            if rng.random() < 0.06:
                victim = rng.randrange(2)
                processes[victim].kill()
                processes[victim].wait()
                processes[victim] = start_process(bench.databases, tmp_path)
        await bench.caught_up()
        await becomes(bench, [(True, 2), (True, 2)], 40)
    finally:
        for process in processes:
            process.terminate()
        assert [process.wait(10) for process in processes] == [0, 0], "SIGTERM stops a worker cleanly"
    analytics = bench.analytics
    assert await analytics.fetchval("SELECT count(*) FROM analytics.event") == sent
    assert await analytics.fetchval("SELECT count(DISTINCT event_id) FROM analytics.event") == sent
    assert await analytics.fetchval("SELECT sum(events) FROM analytics.session") == sent
    for dimension in ("", "event", "source"):
        counted = await analytics.fetchrow(
            "SELECT sum(events) AS e, sum(sessions) AS s FROM analytics.rollup_minute WHERE dimension = $1", dimension
        )
        sessions = await analytics.fetchval("SELECT count(*) FROM analytics.session")
        assert tuple(counted) == (sent, 0 if dimension == "event" else sessions)


async def test_a_killed_worker_is_replaced_long_before_its_lease_is_over(bench, tmp_path):
    process = start_process(bench.databases, tmp_path)
    await becomes(bench, [(True, 4)], 30)
    process.send_signal(signal.SIGSTOP)
    await bench.analytics.execute("UPDATE analytics.cursor SET leased_until = now() + interval '1 hour'")
    process.send_signal(signal.SIGKILL)
    process.wait()
    other = bench.start()
    async with asyncio.timeout(30):
        while await bench.analytics.fetchval("SELECT min(epoch) FROM analytics.cursor") < 2:
            await asyncio.sleep(0.05)
    await other.end()


@asynccontextmanager
async def on(log, bench, folder):
    """The bench on a log, the address that processes find it by, and what appends events to it."""
    if log == "postgres":
        yield "postgres", lambda events: append(bench.raw, bench.project, events)
        return
    servers = await NatsServers(folder / "nats").start()
    try:
        address = address_of(servers.url())
        await make_stream(address, bench.databases.raw_dsn, bench.databases.analytics_dsn, timedelta(hours=1))
        former, bench.log = bench.log, await JetStreamLog.open(address)

        async def add(events):
            parted = {}
            for each in events:
                parted.setdefault(partition_of(bench.project, each["visitor"], 4), []).append(each)
            batches = [
                NewBatch(partition, len(own), random.randbytes(8 * len(own)), [], body_of(own, bench.project).encode())
                for partition, own in parted.items()
            ]
            await bench.log.append(Append(datetime.now(UTC), batches, {}), await bench.log.heads())

        yield servers.url(), add
        await bench.end()
        await bench.log.close()
        bench.log = former
    finally:
        servers.end()


async def waits_for_a_lock(bench):
    """Until a worker waits for a lock that the test holds."""
    async with asyncio.timeout(20):
        while not await bench.analytics.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0.01)


async def counted(bench):
    return await bench.analytics.fetchrow(
        "SELECT (SELECT count(*) FROM analytics.event), (SELECT sum(events) FROM analytics.session),"
        " (SELECT sum(events) FROM analytics.rollup_minute WHERE dimension = '')"
    )


@pytest.mark.parametrize("log", ["postgres", "nats"])
async def test_a_paused_worker_that_comes_back_after_its_lease_is_refused_what_it_had_read(bench, tmp_path, log):
    """It is stopped with a round in its hands, right before the transaction that would write it."""
    said = tmp_path / "said"
    async with on(log, bench, tmp_path) as (address, add):
        process = start_process(bench.databases, tmp_path, address, said)
        try:
            await becomes(bench, [(True, 4)], 30)
            await bench.analytics.execute("SELECT pg_advisory_lock($1)", ROOM_LOCK)
            await add([page(now(), f"v{n}") for n in range(20)])
            await waits_for_a_lock(bench)
            process.send_signal(signal.SIGSTOP)
            await bench.analytics.execute("SELECT pg_advisory_unlock($1)", ROOM_LOCK)
            other = bench.start()
            await bench.caught_up()
            assert tuple(await counted(bench)) == (20, 20, 20)
            process.send_signal(signal.SIGCONT)
            async with asyncio.timeout(20):
                while "another worker has gone on with partitions" not in said.read_text():
                    await asyncio.sleep(0.05)
            await add([event(now(), f"v{n}") for n in range(20)])
            await becomes(bench, [(True, 2), (True, 2)], 40)
            await bench.caught_up()
            assert tuple(await counted(bench)) == (40, 40, 40)
            await other.end()
        finally:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        assert process.wait(10) == 0


async def test_a_worker_that_is_paused_within_its_transaction_does_not_keep_its_partitions(bench, tmp_path):
    process = start_process(bench.databases, tmp_path)
    locking = await asyncpg.connect(bench.databases.analytics_dsn)
    try:
        await append(bench.raw, bench.project, [page(now())])
        await bench.caught_up()
        async with locking.transaction():
            await locking.execute("LOCK TABLE analytics.session IN EXCLUSIVE MODE")
            await append(bench.raw, bench.project, [event(now()) for _ in range(5)])
            await waits_for_a_lock(bench)
            process.send_signal(signal.SIGSTOP)
        other = bench.start()
        await bench.caught_up()
        assert tuple(await counted(bench)) == (6, 6, 6)
        process.send_signal(signal.SIGCONT)
        await append(bench.raw, bench.project, [event(now())])
        await becomes(bench, [(True, 2), (True, 2)], 40)
        await bench.caught_up()
        assert tuple(await counted(bench)) == (7, 7, 7)
        await other.end()
    finally:
        locking.terminate()
        process.send_signal(signal.SIGCONT)
        process.terminate()
    assert process.wait(10) == 0


async def test_who_lost_the_lease_cannot_write(bench):
    """Two workers that both believe to hold the partitions: the one whose lease is older writes nothing at all."""
    connections = [await asyncpg.connect(bench.databases.analytics_dsn) for _ in range(2)]
    goals = Goals()
    rounds = []
    await append(bench.raw, bench.project, [page(now(), f"v{n}") for n in range(20)])
    for connection in connections:
        await use_milliseconds(connection)
        leases = await Leases.join(connection, 4, 0.0)
        reader = Reader(bench.log, Extractor(PSEUDONYMS, goals), goals, connection, 1_000)
        await asyncio.sleep(0.01)
        reader.reset(await leases.keep())
        await connection.execute("UPDATE analytics.worker SET seen_at = now() - interval '1 minute'")
        rounds.append(await reader.next_round())
    older, newer = rounds
    assert [move.epoch for move in older.moves] < [move.epoch for move in newer.moves]
    memory = Memory(10)
    with pytest.raises(CursorMoved):
        await apply(connections[0], older, memory, Models())
    assert len(memory) == 0
    assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.event") == 0
    await apply(connections[1], newer, memory, Models())
    assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.event") == 20
    with pytest.raises(CursorMoved):
        await apply(connections[1], newer, memory, Models())
    assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.event") == 20
    for connection in connections:
        connection.terminate()


async def test_the_worker_outlives_restarts_of_the_database(tmp_path):
    server = EmbeddedPostgres(tmp_path / "postgres")
    server.start()
    try:
        databases = Databases(server.dsn("raw"), server.dsn("analytics"))
        await migrate(databases.raw_dsn, databases.analytics_dsn, partitions=4)
        async with opened(databases) as bench:
            bench.start()
            sent = 0
            for _ in range(4):
                raw = await asyncpg.connect(databases.raw_dsn)
                for _ in range(10):
                    await append(raw, bench.project, [page(now(), str(uuid.uuid4())) for _ in range(30)])
                    sent += 30
                os.kill(server.pid, signal.SIGKILL)
                while server.poll() is None:
                    await asyncio.sleep(0.01)
                server.start()
            analytics = bench.analytics = await asyncpg.connect(databases.analytics_dsn)
            await bench.caught_up()
            assert await analytics.fetchval("SELECT count(*) FROM analytics.event") == sent
            assert await analytics.fetchval("SELECT count(*) FROM analytics.session") == sent
    finally:
        server.stop()
