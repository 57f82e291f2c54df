"""What every event log promises, held against each: in PostgreSQL, and in NATS JetStream, on servers of their own that
are killed, held and started again."""

import asyncio
import os
import random
import signal
import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

import asyncpg
import pytest

from gooddata.errors import ConfigurationError, HeadMoved, LogUnavailable
from gooddata.eventlog import postgres as postgres_log
from gooddata.eventlog.batch import Append, Drained, NewBatch, Reached, Receipt
from gooddata.eventlog.jetstream import stream as jetstream
from gooddata.eventlog.jetstream.address import address_of
from gooddata.eventlog.jetstream.log import JetStreamLog
from gooddata.eventlog.jetstream.make import make_stream
from gooddata.eventlog.jetstream.trim import trim
from gooddata.eventlog.open import open_log
from gooddata.ingestion import limits
from gooddata.ingestion.flush import Overloaded
from gooddata.ingestion.ledger import Outcome
from gooddata.ingestion.spool import SpoolFull
from gooddata.persistence.embedded import EmbeddedPostgres
from gooddata.persistence.migrate import migrate
from tests.integration.certificates import certified
from tests.integration.nats_servers import NatsServers
from tests.integration.writers import WINDOW, Writer, identity

PARTITIONS = 4
EVER = datetime(2020, 1, 1, tzinfo=UTC)

_numbers = count(1)


class OnPostgres:
    def __init__(self, server, raw_dsn):
        self._server, self._dsn = server, raw_dsn

    async def open(self):
        return await open_log("postgres", self._dsn, "gooddata_ingest", size=1)

    async def reader(self):
        return await open_log("postgres", self._dsn, "gooddata_worker", size=1)

    async def restart(self):
        """kill -9, and up again"""
        os.kill(self._server.pid, signal.SIGKILL)
        while self._server.poll() is None:
            await asyncio.sleep(0.01)
        self._server.start()

    @asynccontextmanager
    async def stuck(self):
        """Nothing is taken in any more, and nothing refused."""
        connection = await asyncpg.connect(self._dsn)
        async with connection.transaction():
            await connection.execute("LOCK TABLE raw.partition")
            yield
        await connection.close()

    async def drop_before(self, moment, applied):
        connection = await asyncpg.connect(self._dsn)
        await connection.fetch("SELECT raw.drop_before($1, $2, $3)", moment, list(applied), list(applied.values()))
        await connection.close()


class OnJetStream:
    def __init__(self, servers, raw_dsn, analytics_dsn):
        self._servers, self._dsn, self._analytics_dsn = servers, raw_dsn, analytics_dsn
        self._url = servers.url(f"log{next(_numbers)}")

    async def open(self):
        return await open_log(self._url, self._dsn, "gooddata_ingest")

    reader = open

    async def restart(self):
        self._servers.kill()
        await self._servers.start()

    @asynccontextmanager
    async def stuck(self):
        async with self._servers.held():
            yield

    async def drop_before(self, moment, applied):
        """As the archive does once it has moved everything."""
        log = await self.open()
        await trim(log, moment, applied, await log.stream.last_seq())
        await log.close()

    async def begin(self):
        await make_stream(address_of(self._url), self._dsn, self._analytics_dsn, WINDOW)
        return self


@pytest.fixture(scope="module")
async def server(tmp_path_factory):
    """A PostgreSQL server that these tests may kill."""
    started = EmbeddedPostgres(tmp_path_factory.mktemp("own") / "postgres")
    started.start()
    await migrate(started.dsn("kept_raw"), started.dsn("kept_analytics"), partitions=PARTITIONS)
    yield started
    started.stop()


@pytest.fixture(scope="module")
async def servers(tmp_path_factory):
    """One NATS server, whose messages are small, and who speaks TLS with those alone who know the password."""
    started = await NatsServers(tmp_path_factory.mktemp("nats"), options="max_payload: 65536", tls=True).start()
    yield started
    started.end()


@pytest.fixture(params=["postgres", "jetstream"])
async def on(request, server, servers, monkeypatch):
    # As long as a test has patience with a server that stands still.
    monkeypatch.setattr(postgres_log, "PATIENCE_SECONDS", 1.5)
    monkeypatch.setattr(jetstream, "PATIENCE_SECONDS", 1.5)
    raw_dsn = server.dsn("kept_raw")
    raw = await asyncpg.connect(raw_dsn)
    await raw.execute("TRUNCATE raw.batch, raw.ledger, raw.spool, raw.receipt; UPDATE raw.partition SET head = 0")
    await raw.close()
    if request.param == "postgres":
        return OnPostgres(server, raw_dsn)
    return await OnJetStream(servers, raw_dsn, server.dsn("kept_analytics")).begin()


@pytest.fixture
async def log(on):
    opened = await on.open()
    yield opened
    await opened.close()


@pytest.fixture
async def reader(on):
    opened = await on.reader()
    yield opened
    await opened.close()


def batch(partition, body=b"[]", prints=b"12345678", events=1):
    return NewBatch(partition, events, prints, [], body)


def append_of(*batches, at=None, **more):
    return Append(at or datetime.now(UTC), list(batches), {}, **more)


async def append(log, *batches, **more):
    """Appends after whatever is there."""
    while True:
        try:
            return await log.append(append_of(*batches, **more), await log.heads())
        except HeadMoved:
            continue


async def read_all(reader, partition, after=0):
    found = []
    while some := await reader.read(partition, found[-1].seq if found else after):
        found += some
    return found


async def test_readers_see_each_partition_in_the_order_of_its_appends_and_skip_nothing(on, reader):
    writers = [await on.open() for _ in range(3)]
    appended = {partition: {} for partition in range(PARTITIONS)}

    async def write(number, log):
        chance = random.Random(number)
        for each in range(15):
            some = chance.sample(range(PARTITIONS), chance.randint(1, 3))
            bodies = dict.fromkeys(some, b"[%d]" % (100 * number + each))
            stands = await append(log, *(batch(partition, body) for partition, body in bodies.items()))
            assert set(stands) == set(some)
            for partition, position in stands.items():
                appended[partition][position] = bodies[partition]

    seen = {partition: [] for partition in range(PARTITIONS)}
    writing = asyncio.gather(*(write(number, log) for number, log in enumerate(writers)))
    while True:
        ended = writing.done()
        for partition, batches in seen.items():
            batches += await read_all(reader, partition, batches[-1].seq if batches else 0)
        if ended:
            break
    await writing
    assert {each: [(b.seq, b.body) for b in batches] for each, batches in seen.items()} == {
        each: sorted(own.items()) for each, own in appended.items()
    }
    heads, reach = await reader.heads(), await reader.reach()
    assert heads == {each: batches[-1].seq for each, batches in seen.items()}
    assert all(reach[each] >= head for each, head in heads.items())
    for writer in writers:
        await writer.close()


async def test_an_append_happens_as_a_whole_or_not_at_all(log, reader):
    stands = await append(log, batch(0), batch(1))
    with pytest.raises(HeadMoved):
        await log.append(append_of(batch(1), batch(2)), {1: 0, 2: 0})
    assert await reader.heads() == {**stands, 2: 0, 3: 0}
    assert await read_all(reader, 2) == []


async def test_what_others_appended_is_learnt_of_to_the_end_and_no_earlier_than_asked(on, log):
    other = await on.open()
    now = datetime.now(UTC)
    await append(other, batch(1, prints=b"earliest"), at=now - timedelta(hours=40))
    stands = await append(
        other, batch(1, prints=b"earlier."), batch(2, prints=b"together"), at=now - timedelta(hours=1)
    )
    known = dict.fromkeys(range(PARTITIONS), 0)
    learnt = {}

    async def learn():
        while missed := await log.missed(known, now - timedelta(hours=24)):
            for each in missed:
                learnt.setdefault(each.partition, b"")
                learnt[each.partition] += each.fingerprints
                known[each.partition] = each.seq

    await learn()
    assert learnt == {1: b"earlier.", 2: b"together"}
    assert known == {0: 0, 3: 0, **stands}
    later = await append(other, batch(2, prints=b"later..."))
    await learn()
    assert (learnt[2], known[2]) == (b"togetherlater...", later[2])
    await other.close()


async def test_bodies_of_any_size_come_back_as_they_were(log, reader):
    large = random.Random(3).randbytes(400_000)
    await append(log, batch(0, b"[1]"), batch(1, large))
    await append(log, batch(1, b"[2]"))
    assert [each.body for each in await read_all(reader, 1)] == [large, b"[2]"]
    assert [each.body for each in await read_all(reader, 0)] == [b"[1]"]


async def test_a_reader_goes_on_where_it_was_also_when_opened_anew(on, log, reader):
    for each in range(5):
        await append(log, batch(3, b"[%d]" % each))
    first = (await reader.read(3, 0, 2))[-1]
    other = await on.reader()
    assert [each.body for each in await read_all(other, 3, first.seq)] == [b"[2]", b"[3]", b"[4]"]
    await other.close()


async def test_what_was_acknowledged_outlives_kill_9_of_the_server(on, log, reader):
    acknowledged = []

    async def write():
        while len(acknowledged) < 30:
            body = b"[%d]" % len(acknowledged)
            try:
                await append(log, batch(0, body))
                acknowledged.append(body)
            except LogUnavailable:
                await asyncio.sleep(0.05)

    writing = asyncio.create_task(write())
    while len(acknowledged) < 10:
        await asyncio.sleep(0.005)
    await on.restart()
    await writing
    async with asyncio.timeout(20):
        while True:
            try:
                stored = [each.body for each in await read_all(reader, 0)]
                break
            except LogUnavailable:
                await asyncio.sleep(0.05)
    # What was under way when the server was killed may be there twice: here, nobody asks whether it has happened.
    assert list(dict.fromkeys(stored)) == acknowledged
    assert len(stored) <= len(acknowledged) + 1


async def test_who_was_not_answered_finds_out_whether_it_has_happened(on, log):
    other = await on.open()
    receipt = Receipt(writer := uuid.uuid4(), uuid.uuid4())
    assert not await log.received(receipt)
    assert await log.drained(writer) == 0
    now = datetime.now(UTC)
    stands = await append(log, batch(2, prints=b"mine...."), at=now, drained=Drained(writer, 7))
    found = await other.identities_at(2, 1)
    assert (found.seq, found.received_at, found.fingerprints) == (stands[2], now, b"mine....")
    assert await other.drained(writer) == 7
    await other.append(append_of(receipt=receipt), {})
    await other.close()
    third = await on.open()
    assert await third.received(receipt)
    assert await third.drained(writer) == 7, "a receipt says nothing of the spool"
    await third.close()


async def test_an_event_counts_once_through_whichever_writer_and_however_regrouped(on, reader, tmp_path):
    chance = random.Random(5)
    events = [("shop", f"v{n % 7}", f"order-{n}") for n in range(60)]
    writers = [await Writer(on.open, tmp_path / str(n)).start() for n in range(2)]
    outcomes = []
    for _ in range(4):
        shuffled = chance.sample(events, len(events))
        for start in range(0, len(shuffled), 9):
            chance.choice(writers).send(shuffled[start : start + 9], lambda own, outcome: outcomes.append(outcome))
            await asyncio.sleep(chance.choice([0, 0.002]))
    for writer in writers:
        await writer.is_done()
        await writer.crash()
    stored = [each for partition in range(PARTITIONS) for each in await read_all(reader, partition)]
    assert sum(each.events for each in stored) == len({identity(event) for event in events})
    assert sum(outcome.stored for outcome in outcomes) == len(events)
    assert sum(outcome.duplicate for outcome in outcomes) == 3 * len(events)


async def test_retention_takes_nothing_that_workers_have_not_applied_or_that_is_too_young(on, log, reader):
    old, now = EVER, datetime.now(UTC)
    for at in (old, old, now):
        await append(log, batch(0, b"[0]"), batch(1, b"[1]"), at=at)
    first = [(await reader.read(partition, 0, 1))[0].seq for partition in (0, 1)]
    before = now + timedelta(hours=2) if isinstance(log, JetStreamLog) else now  # a stream goes by its own clock
    await on.drop_before(before, {0: (await reader.heads())[0], 1: first[1]})
    assert len(await read_all(reader, 0, 0)) == 1, "the newest stays"
    assert len(await read_all(reader, 1, first[1])) == 2, "what the workers have not applied stays"
    assert len(await read_all(reader, 1, 0)) == 2
    stands = await append(log, batch(0, b"[9]"))
    assert [each.body for each in await read_all(reader, 0)][-1] == b"[9]"
    assert stands[0] > first[0]


async def test_what_waits_for_a_reader_is_counted_by_partition_with_the_time_of_the_oldest(log, reader):
    began = datetime.now(UTC)
    for number in range(3):
        await append(log, batch(1), *([batch(2)] if number else []))
    stored = [each.seq for each in await reader.read(1, 0)]
    of = {each.partition: each for each in await reader.waiting({1: Reached(stored[0], began), 2: Reached(0)})}
    assert {partition: each.batches for partition, each in of.items()} == {0: 0, 1: 2, 2: 2, 3: 0}
    assert [each.oldest_at is not None for each in of.values()] == [False, True, True, False]
    assert all(began <= of[partition].oldest_at <= datetime.now(UTC) for partition in (1, 2))
    assert of[1].applied < of[1].head
    of = {each.partition: each for each in await reader.waiting({1: Reached(stored[-1], began)})}
    assert (of[1].batches, of[1].oldest_at, of[1].head == of[1].applied) == (0, None, True)


async def test_a_log_that_stands_still_holds_senders_back_and_loses_nothing(on, reader, tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "WAITING_EVENTS", 40)
    writer = await Writer(on.open, tmp_path, spool_bytes=3_000).start()
    answers = []
    refused = stored = 0
    async with on.stuck():
        for n in range(120):
            try:
                writer.send([("shop", "v", f"{n}")], lambda own, outcome: answers.append((own, outcome)))
            except Overloaded:
                refused += 1
            await asyncio.sleep(0.05 if n % 30 == 29 else 0)
        async with asyncio.timeout(20):
            while len(answers) + refused < 120:
                await asyncio.sleep(0.01)
    assert refused >= 120 - 40 - 40, "no more is taken than there is room for"
    kinds = {type(outcome) for _, outcome in answers}
    assert kinds <= {Outcome, SpoolFull, LogUnavailable}
    kept = {identity(event) for own, outcome in answers if isinstance(outcome, Outcome) for event in own}
    assert kept, "some went to the spool"
    await writer.is_done()
    # What was on its way to the log as that stood still was refused, and may be there all the same: who sends it again,
    # as refused senders do, has it there once.
    again = [own for own, outcome in answers if not isinstance(outcome, Outcome)]
    for own in [*again, [("shop", "v", "afterwards")]]:
        writer.send(own, lambda own, outcome: answers.append((own, outcome)))
        await writer.is_done()
        assert isinstance(answers[-1][1], Outcome)
    await writer.crash()
    for partition in range(PARTITIONS):
        stored += sum(each.events for each in await read_all(reader, partition))
    assert stored == len(kept) + len(again) + 1


async def test_a_server_of_another_authority_is_not_believed_and_a_wrong_password_not_let_in(servers, tmp_path):
    other, _, _ = certified(tmp_path, "127.0.0.1")
    for url in (
        servers.url().replace(str(servers.ca), str(other)),
        servers.url().partition("?ca=")[0],
        servers.url().replace(servers.password, "wrong"),
    ):
        with pytest.raises(ConfigurationError, match="no NATS server can be used") as refusal:
            await open_log(url, "", "")
        assert servers.password not in str(refusal.value)


async def test_a_password_is_not_said_to_a_server_without_tls(tmp_path):
    heard = []

    async def hear(reader, writer):
        writer.write(b'INFO {"server_id":"x","version":"2.12.0","max_payload":65536,"auth_required":true}\r\n')
        heard.append(await reader.read(1_000))
        writer.close()

    authority, _, _ = certified(tmp_path, "127.0.0.1")
    async with await asyncio.start_server(hear, "127.0.0.1", 0) as plain:
        port = plain.sockets[0].getsockname()[1]
        with pytest.raises(ConfigurationError, match="does not speak TLS"):
            await open_log(f"tls://gooddata:secret@127.0.0.1:{port}?ca={authority}", "", "")
    assert heard and set(heard) == {b""}
