"""Whatever is sent, resent and regrouped, through whichever writers, and whatever breaks in between: an event that was
acknowledged is in the log once, and the ledger says so.

Real writers (each a group commit with a memory and a spool of its own, as every ingestion process has) on a real
PostgreSQL or NATS server, behind a line that scripts cut. Hypothesis makes the scripts, GOODDATA_EXAMPLES says how
many.
"""

import asyncio
import itertools
import os

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gooddata.errors import ConfigurationError
from gooddata.eventlog.jetstream.address import address_of
from gooddata.eventlog.jetstream.archive import ROLE, Archive
from gooddata.eventlog.jetstream.log import JetStreamLog
from gooddata.eventlog.jetstream.make import make_stream
from gooddata.eventlog.postgres import PostgresLog
from gooddata.ingestion.ledger import Outcome
from gooddata.persistence.pool import open_connection
from tests.integration.lossy_proxy import LossyProxy
from tests.integration.nats_servers import NatsServers
from tests.integration.writers import WINDOW, Writer, identity

WRITERS = 3

A, B = "3f0e1a52-9f3c-4b0e-9c57-0d9c2a1e7b44", "019a1b2c-0000-7000-8000-00000000abcd"
IDS = [A, A.upper(), B, "order-17", "ORDER-17", "x" * 36]
EVENTS = list(itertools.product(("shop", "site"), ("v1", "v2", "v3", "v4"), IDS))

_folders = itertools.count()


sends = st.tuples(
    st.just("send"), st.integers(0, WRITERS - 1), st.lists(st.sampled_from(EVENTS), min_size=1, max_size=9)
)
steps = st.one_of(
    sends,
    sends,
    sends,
    st.tuples(st.just("pause"), st.sampled_from([0, 0.001, 0.005, 0.02]), st.none()),
    st.tuples(st.just("crash"), st.integers(0, WRITERS - 1), st.none()),
    st.tuples(st.just("cut"), st.booleans(), st.none()),
    st.tuples(st.just("hold"), st.sampled_from([0.005, 0.02]), st.none()),
)


async def with_partitions(databases, partitions):
    connection = await asyncpg.connect(databases.raw_dsn)
    await connection.execute("DELETE FROM raw.partition WHERE partition >= $1", partitions)
    await connection.execute(
        "INSERT INTO raw.partition SELECT generate_series(0, $1 - 1) ON CONFLICT DO NOTHING", partitions
    )
    await connection.close()


class OnPostgres:
    def __init__(self, databases, postgres):
        self._dsn, self.port = databases.raw_dsn, postgres.port

    async def begin(self, raw):
        await raw.execute("UPDATE raw.partition SET head = 0")

    def opener(self, port):
        dsn = self._dsn.replace(f":{self.port}/", f":{port}/")
        return lambda: PostgresLog.open(dsn, "gooddata_ingest", size=1)

    async def hold(self, seconds):
        """Another transaction holds the partitions' rows for a while, and then commits, late."""
        connection = await asyncpg.connect(self._dsn)
        async with connection.transaction():
            await connection.execute("SELECT FROM raw.partition ORDER BY partition FOR UPDATE")
            await asyncio.sleep(seconds)
        await connection.close()

    async def end(self, raw):
        """Nothing is left out: positions count on by one."""
        heads = await raw.fetch(
            "SELECT head, (SELECT array_agg(seq ORDER BY seq) FROM raw.batch b WHERE b.partition = p.partition) "
            "FROM raw.partition p"
        )
        assert all((seqs or []) == list(range(1, head + 1)) for head, seqs in heads), "no position is left out"


class OnJetStream:
    def __init__(self, databases, servers):
        self._dsn, self._analytics_dsn, self._servers = databases.raw_dsn, databases.analytics_dsn, servers
        self.port = servers.ports[0]
        self._stream = ""

    async def begin(self, raw):
        await raw.execute("UPDATE raw.partition SET head = 0")
        self._stream = f"log{next(_folders)}"
        await make_stream(address_of(self._servers.url(self._stream)), self._dsn, self._analytics_dsn, WINDOW)

    def opener(self, port):
        return lambda: self._opened(f"nats://127.0.0.1:{port}/{self._stream}")

    async def _opened(self, url):
        while True:
            try:
                return await JetStreamLog.open(address_of(url))
            except ConfigurationError:
                await asyncio.sleep(0.01)  # the line was cut while it connected

    async def hold(self, seconds):
        """The server stands still for a while."""
        async with self._servers.held():
            await asyncio.sleep(seconds)

    async def end(self, raw):
        """Moves everything to the raw database, two at once."""
        log = await self._opened(self._servers.url(self._stream))

        async def move():
            connection = await open_connection(self._dsn, ROLE)
            archive = Archive(log, connection)
            while await archive.move():
                pass
            await archive.close()
            await connection.close()

        await asyncio.gather(move(), move())
        heads = await log.heads()
        assert heads == dict(await raw.fetch("SELECT partition, head FROM raw.partition"))
        await log.close()


@pytest.fixture(scope="module")
async def servers(tmp_path_factory):
    started = await NatsServers(tmp_path_factory.mktemp("nats")).start()
    yield started
    started.end()


EXAMPLES = int(os.environ.get("GOODDATA_EXAMPLES", "60"))


@pytest.mark.parametrize("partitions", [1, 4, 16])
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(script=st.lists(steps, min_size=3, max_size=25))
async def test_an_acknowledged_event_is_in_the_log_once(script, databases, postgres, partitions, tmp_path):
    await with_partitions(databases, partitions)
    await play(script, databases, OnPostgres(databases, postgres), tmp_path)


@pytest.mark.parametrize("partitions", [1, 8])
@settings(max_examples=max(EXAMPLES // 6, 1), deadline=None, suppress_health_check=list(HealthCheck))
@given(script=st.lists(steps, min_size=3, max_size=25))
async def test_and_so_it_is_in_a_log_on_jetstream(script, databases, servers, partitions, tmp_path):
    await with_partitions(databases, partitions)
    await play(script, databases, OnJetStream(databases, servers), tmp_path)


async def play(script, databases, on, tmp_path):
    raw = await asyncpg.connect(databases.raw_dsn)
    await raw.execute("TRUNCATE raw.batch, raw.ledger, raw.spool, raw.receipt")
    await on.begin(raw)
    folder = tmp_path / str(next(_folders))
    proxy = LossyProxy(on.port)
    acknowledged, counted = set(), 0
    sent, tasks = set(), []

    def answered(events, outcome):
        nonlocal counted
        if isinstance(outcome, Outcome):
            assert outcome.stored + outcome.duplicate + outcome.spooled == len(events)
            acknowledged.update(map(identity, events))
            counted += len(events)

    async with proxy.running() as port:
        open_ = on.opener(port)
        writers = [await Writer(open_, folder / str(number)).start() for number in range(WRITERS)]
        for what, which, events in script:
            if what == "send":
                sent.update(map(identity, events))
                writers[which].send(events, answered)
            elif what == "pause":
                await asyncio.sleep(which)
            elif what == "hold":
                tasks.append(asyncio.create_task(on.hold(which)))
            elif what == "cut":
                proxy.loses_answers = which
                await asyncio.sleep(0.005)
                proxy.cut()
                await asyncio.sleep(0.005)
                proxy.is_cut = proxy.loses_answers = False
            else:
                await writers[which].crash()
                writers[which] = await Writer(open_, folder / str(which)).start()
        await asyncio.gather(*tasks)
        for writer in writers:
            await writer.is_done()
            await writer.crash()
    await on.end(raw)
    stored = [tuple(row) for row in await raw.fetch("SELECT project_id, visitor, id FROM raw.events")]
    ledger = dict(await raw.fetch("SELECT outcome, sum(events)::int FROM raw.ledger GROUP BY 1"))
    await raw.close()
    assert len(stored) == len(set(stored)), "an event is stored once"
    assert acknowledged <= set(stored) <= sent, "and none is lost, and none made up"
    assert ledger.get("stored", 0) == len(stored)
    if not any(what == "crash" for what, _, _ in script):  # who was answered by a dying writer sends again
        assert sum(ledger.values()) == counted
    assert sum(ledger.values()) >= counted
