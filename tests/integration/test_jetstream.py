"""What an event log on NATS JetStream does that one in PostgreSQL does not: it is made, moved to, filled up, trimmed,
erased from, and watched. (A cluster of servers, of which any may go, is in tests/faults.)"""

import asyncio
import random
import uuid
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from gooddata.errors import ConfigurationError, HeadMoved, LogReplaced, LogUnavailable
from gooddata.event import partition_of
from gooddata.eventlog.batch import Append, NewBatch, Receipt, Rejection
from gooddata.eventlog.jetstream import erase as stream_erasure
from gooddata.eventlog.jetstream.address import address_of
from gooddata.eventlog.jetstream.archive import ROLE, Archive
from gooddata.eventlog.jetstream.archive import run as keep_moving
from gooddata.eventlog.jetstream.archive_numbers import Archived
from gooddata.eventlog.jetstream.log import JetStreamLog
from gooddata.eventlog.jetstream.make import make_stream
from gooddata.eventlog.jetstream.message import EPOCH_SHIFT, body_of
from gooddata.eventlog.jetstream.trim import trim
from gooddata.eventlog.postgres import PostgresLog
from gooddata.intelligence.erasure.again import erase_again
from gooddata.intelligence.erasure.everywhere import erase
from gooddata.persistence.erasure.kept import KeptTombstones
from gooddata.persistence.erasure.person import Tombstone
from gooddata.persistence.pool import open_connection
from gooddata.serving import log_lag
from gooddata.serving.store import Store
from tests.conftest import new_project
from tests.integration.nats_servers import NatsServers
from tests.integration.workbench import PSEUDONYMS, Bench, connected
from tests.integration.writers import WINDOW, Writer


@pytest.fixture(scope="module")
async def one(tmp_path_factory):
    started = await NatsServers(tmp_path_factory.mktemp("nats")).start()
    yield started
    started.end()


@pytest.fixture
async def raw(databases):
    connection = await asyncpg.connect(databases.raw_dsn)
    yield connection
    connection.terminate()


@pytest.fixture
def address(one, databases):
    return address_of(one.url(databases.raw_dsn.rsplit("/", 1)[1]))


@pytest.fixture
async def log(address, databases):
    await made(address, databases)
    opened = await JetStreamLog.open(address)
    yield opened
    await opened.close()


async def made(address, databases):
    await make_stream(address, databases.raw_dsn, databases.analytics_dsn, WINDOW)


async def applied(databases, raw):
    """As if workers had been through everything."""
    analytics = await asyncpg.connect(databases.analytics_dsn)
    await analytics.executemany(
        "INSERT INTO analytics.cursor (partition, seq) VALUES ($1, $2) ON CONFLICT (partition) DO UPDATE SET seq = $2",
        await raw.fetch("SELECT partition, head FROM raw.partition"),
    )
    await analytics.close()


def append_of(partition, body=b"[]", prints=b"12345678"):
    return Append(datetime.now(UTC), [NewBatch(partition, 1, prints, [], body)], {})


async def archived(log, dsn):
    """How much was moved."""
    connection = await open_connection(dsn, ROLE)
    counted = Archived()
    archive = Archive(log, connection, counted)
    while await archive.move():
        pass
    assert await archive.behind() == 0
    await archive.close()
    await connection.close()
    return counted


async def test_what_was_not_answered_can_no_longer_happen_once_it_was_asked_for(log, address):
    other = await JetStreamLog.open(address)
    found = await other.identities_at(1, 1)
    assert (found.partition, found.fingerprints) == (1, b"")
    with pytest.raises(HeadMoved):
        await log.append(append_of(1), {1: 0})
    await other.close()


async def test_a_full_stream_takes_nothing_and_says_so(log):
    config = (await log.stream._api("STREAM.INFO", None))["config"]
    await log.stream._api("STREAM.UPDATE", config | {"max_bytes": 100_000})
    heads = {0: 0}
    with pytest.raises(LogUnavailable, match="maximum bytes"):
        for _ in range(20):
            heads = await log.append(append_of(0, random.randbytes(20_000)), heads)
    kept = [each.body for each in await log.read(0, 0)]
    assert 2 <= len(kept) <= 5
    await log.stream._api("STREAM.UPDATE", config | {"max_bytes": -1})
    await log.append(append_of(0, b"[9]"), heads)
    assert [each.body for each in await log.read(0, 0)] == [*kept, b"[9]"]


async def test_a_log_that_moves_to_nats_knows_what_it_had_and_a_stream_made_anew_too(
    databases, address, raw, tmp_path, postgres
):
    events = [("shop", f"v{n}", f"order-{n}") for n in range(20)]
    outcomes = []

    async def send(open_, name):
        writer = await Writer(open_, tmp_path / name).start()
        writer.send(events, lambda own, outcome: outcomes.append(outcome))
        await writer.is_done()
        await writer.crash()
        return outcomes[-1]

    assert (await send(lambda: PostgresLog.open(databases.raw_dsn, "gooddata_ingest"), "postgres")).stored == 20
    with pytest.raises(ConfigurationError, match="workers have not been through"):
        await made(address, databases)
    await applied(databases, raw)
    await made(address, databases)
    assert (await send(lambda: JetStreamLog.open(address), "nats")).duplicate == 20
    former = await PostgresLog.open(databases.raw_dsn, "gooddata_ingest")
    with pytest.raises(ConfigurationError, match="set GOODDATA_LOG"):
        await former.make_room()
    await former.close()
    log = await JetStreamLog.open(address)
    await made(address, databases)
    assert (await log.append(append_of(0), await log.heads()))[0] >> EPOCH_SHIFT == 1, "it is made once"
    counted = await archived(log, databases.raw_dsn)
    assert (counted.moved >= 1, counted.moved_by_others) == (True, 0)
    assert counted.messages >= 1
    await log.stream._api("STREAM.DELETE", None)
    await applied(databases, raw)
    await made(address, databases)
    anew = await JetStreamLog.open(address)
    assert (await send(lambda: JetStreamLog.open(address), "anew")).duplicate == 20
    assert all(head >> EPOCH_SHIFT == 2 for head in (await anew.heads()).values() if head)
    first = await anew.read(0, (await raw.fetchval("SELECT head FROM raw.partition WHERE partition = 0")))
    assert first[0].seq >> EPOCH_SHIFT == 2, "who was at the end of the former stream begins with this one"
    for use in (log.reach(), log.turn([0]).__aenter__()):
        with pytest.raises(LogReplaced):
            await use
    await log.close()
    await anew.close()


async def test_a_node_that_was_idle_for_long_learns_of_tombstones_that_are_no_longer_told_in_passing(
    log, address, tmp_path
):
    node = await Writer(lambda: JetStreamLog.open(address), tmp_path).start()
    outcomes = []
    node.send([("shop", "v", "first")], lambda own, outcome: outcomes.append(outcome))
    await node.is_done()
    gone = Tombstone("visitor", PSEUDONYMS.visitor("shop", "v"), None, 2_000_000_000_000)
    stands = await log.put_tombstones("shop", [gone])
    for _ in range(2):
        await log.append(
            Append(datetime.now(UTC), [batch for p in stands for batch in append_of(p).batches], {}), stands
        )
        stands = await log.heads()
    await trim(log, datetime.now(UTC) + timedelta(hours=2), stands, await log.stream.last_seq())
    assert len(await log.read(0, 0)) == 1
    node.send([("shop", "v", "second")], lambda own, outcome: outcomes.append(outcome))
    await node.is_done()
    await node.crash()
    assert [(outcome.stored, outcome.erased) for outcome in outcomes] == [(1, 0), (0, 1)]


async def test_serving_tells_how_far_workers_and_archive_are_behind_the_stream_and_when_it_cannot(
    log, one, databases, monkeypatch
):
    monkeypatch.setattr(log_lag, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(log_lag, "PATIENCE_SECONDS", 1.0)
    url = one.url(databases.raw_dsn.rsplit("/", 1)[1])
    store = await Store.open(databases.raw_dsn, databases.analytics_dsn, url)
    heads = await log.heads()
    for _ in range(3):
        heads |= await log.append(append_of(1), heads)
    partitions, archive = await store.log_lag.now()
    assert [each.behind for each in partitions] == [0, 3, 0, 0]
    assert archive.behind == 3 and archive.lag_ms >= 0
    assert await store.lag_ms() >= partitions[1].lag_ms
    await archived(log, databases.raw_dsn)
    partitions, archive = await store.log_lag.now()
    assert ([each.behind for each in partitions], archive.behind, archive.lag_ms) == ([0, 3, 0, 0], 0, 0)
    async with one.held():
        with pytest.raises(LogUnavailable):
            await store.log_lag.now()
        assert await store.lag_ms() > 0, "what was archived is told of all the same"
    async with asyncio.timeout(20):
        while True:
            with suppress(LogUnavailable):
                assert (await store.log_lag.now())[0][1].behind == 3
                break
            await asyncio.sleep(0.1)
    await store.close()


async def test_no_server_or_no_log_is_said_so(address, databases):
    with pytest.raises(ConfigurationError, match="no NATS server can be used"):
        await JetStreamLog.open(address_of("nats://127.0.0.1:1"))
    with pytest.raises(ConfigurationError, match="gooddata migrate"):
        await JetStreamLog.open(address)


async def test_an_erased_person_is_gone_from_the_stream_and_its_disk_and_does_not_come_back(
    databases, address, raw, log, one, tmp_path, monkeypatch
):
    bench = await _bench(databases, log)
    project = bench.project
    person = "a person to erase"
    others = (f"somebody else {n}" for n in range(100))
    own = partition_of(project, person, log.partitions)
    names = [person, next(each for each in others if partition_of(project, each, log.partitions) == own)]
    events = [(project, name, f"order-{n}-{name}") for n in range(4) for name in names]
    outcomes = []
    node = await Writer(lambda: JetStreamLog.open(address), tmp_path / "node").start()

    async def send(writer, some):
        writer.send(some, lambda own, outcome: outcomes.append(outcome))
        await writer.is_done()
        return outcomes[-1]

    assert (await send(node, events)).stored == 8
    refused = Rejection(project, "x", None, "bad", b'{"visitor":"a person to erase"}')
    at = datetime.now(UTC)
    await log.append(Append(at, [], {}, [refused], 1_000, receipt=Receipt(uuid.uuid4(), uuid.uuid4())), {})
    before = await log.stream.get(seq=1, next_by_subj=log.stream.subject(">"), batch=100)
    of_person = next(each for each in before if b"order-0-a person" in _body(each))
    assert _on_disk(one, of_person.data)
    monkeypatch.setattr(stream_erasure, "PASSING_SECONDS", 0.3)
    with pytest.raises(stream_erasure.NotPassed):
        await _erase(bench, log, tmp_path, names[0])
    monkeypatch.setattr(stream_erasure, "PASSING_SECONDS", 20)
    stop = asyncio.Event()
    archiving = asyncio.create_task(keep_moving(log, databases.raw_dsn, databases.analytics_dsn, WINDOW, stop))
    bench.start()
    receipt = await _erase(bench, log, tmp_path, names[0])
    assert (receipt.raw["events"], receipt.raw["rejections"]) == (4, 1)
    assert receipt.raw["stream_messages"] >= 2
    assert receipt.analytics["events"] == 4
    after = await log.stream.get(seq=1, next_by_subj=log.stream.subject(">"), batch=100)
    assert not any(b"a person to erase" in _body(each) or b"a person to erase" in each.data for each in after)
    assert not _on_disk(one, of_person.data)
    assert await raw.fetchval("SELECT array_agg(DISTINCT visitor) FROM raw.events") == [names[1]]
    # What the person's browser still holds, through a node that was there before; and everything, through a new one.
    late = [(project, name, f"late-{name}") for name in names]
    assert (await send(node, late)).erased == 1
    new = await Writer(lambda: JetStreamLog.open(address), tmp_path / "new").start()
    again = await send(new, events + late)
    assert (again.stored, again.duplicate, again.erased) == (0, 5, 5)
    for writer in (node, new):
        await writer.crash()
    await bench.caught_up()
    assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.event") == 5
    await raw.execute("DELETE FROM raw.tombstone")  # as in a backup from before
    for restored in (2, 0):  # one of the erasure that could not go on
        async with _erasing(bench, log, tmp_path) as means:
            removed, _ = await erase_again(*means)
        assert removed[project]["tombstones_restored"] == restored
        assert removed[project]["raw_events"] == removed[project]["stream_messages"] == 0
    stop.set()
    await archiving
    await bench.end()
    bench.analytics.terminate()


def _body(message):
    try:
        return body_of(message.data)
    except Exception:
        return b""


def _on_disk(servers, content):
    return any(content in path.read_bytes() for path in servers.folder.rglob("*") if path.is_file())


async def _bench(databases, log):
    analytics = await asyncpg.connect(databases.analytics_dsn)
    return Bench(databases, log, None, analytics, (await new_project(databases)).project)


@asynccontextmanager
async def _erasing(bench, log, folder):
    """Both databases for the operator, and what else it takes to erase."""
    async with connected(bench, "gooddata_operator") as analytics:
        raw = await open_connection(bench.databases.raw_dsn, "gooddata_operator")
        try:
            stream = stream_erasure.StreamErasure(log, raw, analytics)
            yield raw, analytics, PSEUDONYMS, KeptTombstones(folder / "tombstones.ndjson"), stream
        finally:
            await raw.close()


async def _erase(bench, log, folder, visitor):
    async with _erasing(bench, log, folder) as (*means, stream):
        return await erase(*means, bench.project, visitor=visitor, user=None, stream=stream)
