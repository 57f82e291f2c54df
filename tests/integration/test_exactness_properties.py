"""Whatever is sent, resent and regrouped, through whichever writers, and whatever breaks in between: an event that was
acknowledged is in the log once, and the ledger says so.

Real writers (each a group commit with a memory and a spool of its own, as every ingestion process has) on a real
PostgreSQL, behind a line that scripts cut. Hypothesis makes the scripts, GOODDATA_EXAMPLES says how many.
"""

import asyncio
import itertools
import json
import os
import uuid
from datetime import timedelta

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gooddata.errors import LogUnavailable
from gooddata.event import derived_id
from gooddata.eventlog.postgres import PostgresLog
from gooddata.ingestion.arrival import Arrival, Packer
from gooddata.ingestion.flush import GroupCommit
from gooddata.ingestion.judge import judge
from gooddata.ingestion.ledger import Outcome
from gooddata.ingestion.request import open_request
from gooddata.ingestion.settle import Clock
from gooddata.ingestion.spool import Spool
from tests.integration.lossy_proxy import LossyProxy
from tests.integration.workbench import PSEUDONYMS

NOW = 1_790_000_000_000
WINDOW = timedelta(hours=24)
WRITERS = 3

A, B = "3f0e1a52-9f3c-4b0e-9c57-0d9c2a1e7b44", "019a1b2c-0000-7000-8000-00000000abcd"
IDS = [A, A.upper(), B, "order-17", "ORDER-17", "x" * 36]
EVENTS = list(itertools.product(("shop", "site"), ("v1", "v2", "v3", "v4"), IDS))

_folders = itertools.count()


def identity(event):
    """Project, visitor and id, as one would write the rule down."""
    project, visitor, sent_id = event
    try:
        return project, visitor, uuid.UUID(sent_id) if len(sent_id) == 36 else uuid.UUID(derived_id(project, sent_id))
    except ValueError:
        return project, visitor, uuid.UUID(derived_id(project, sent_id))


class Writer:
    def __init__(self, dsn, folder):
        self._dsn, self._folder = dsn, folder
        self._packer = Packer()

    async def start(self):
        while True:
            try:
                self.log = await PostgresLog.open(self._dsn, "gooddata_ingest", size=1)
                self.spool = Spool(self._folder, 10_000_000)
                self.commits = GroupCommit(self.log, WINDOW, 1_000_000, PSEUDONYMS, self.spool)
                await self.commits.warm()
                break
            except LogUnavailable:
                self.spool.close()
                await self.log.close()
        self._running = asyncio.create_task(self.commits.run())
        return self

    async def crash(self):
        """Ends at once, wherever it is; the spool stays on disk."""
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        await self.log.close()
        self.spool.close()

    def send(self, events, answered):
        """Sends one request for each project in `events`; `answered` hears which events were acknowledged, and how."""
        for project in sorted({event[0] for event in events}):
            own = [event for event in events if event[0] == project]
            forms = [{"id": i, "type": "page", "visitor": v, "timestamp": NOW - 1} for _, v, i in own]
            opened = open_request(json.dumps({"batch": forms}).encode(), "/v1/batch", None)
            judged = judge(opened, Clock.of(NOW, None, None))
            arrival = Arrival(project, NOW, None, self._packer.pack(project, judged.events))
            self.commits.submit(arrival, lambda outcome, own=own: answered(own, outcome))


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


@pytest.fixture(params=[1, 4, 16])
async def partitions(request, databases):
    """How many partitions the log has."""
    connection = await asyncpg.connect(databases.raw_dsn)
    await connection.execute("DELETE FROM raw.partition WHERE partition >= $1", request.param)
    await connection.execute(
        "INSERT INTO raw.partition SELECT generate_series(0, $1 - 1) ON CONFLICT DO NOTHING", request.param
    )
    await connection.close()
    return request.param


async def hold(dsn, seconds):
    """Another transaction holds the partitions' rows for a while, and then commits, late."""
    connection = await asyncpg.connect(dsn)
    async with connection.transaction():
        await connection.execute("SELECT FROM raw.partition ORDER BY partition FOR UPDATE")
        await asyncio.sleep(seconds)
    await connection.close()


@settings(
    max_examples=int(os.environ.get("GOODDATA_EXAMPLES", "60")), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(script=st.lists(steps, min_size=3, max_size=25))
async def test_an_acknowledged_event_is_in_the_log_once(script, databases, postgres, partitions, tmp_path):
    raw = await asyncpg.connect(databases.raw_dsn)
    await raw.execute("TRUNCATE raw.batch, raw.ledger, raw.spool, raw.receipt; UPDATE raw.partition SET head = 0")
    folder = tmp_path / str(next(_folders))
    proxy = LossyProxy(postgres.port)
    acknowledged, counted = set(), 0
    sent, tasks = set(), []

    def answered(events, outcome):
        nonlocal counted
        if isinstance(outcome, Outcome):
            assert outcome.stored + outcome.duplicate + outcome.spooled == len(events)
            acknowledged.update(map(identity, events))
            counted += len(events)

    async with proxy.running() as port:
        dsn = databases.raw_dsn.replace(f":{postgres.port}/", f":{port}/")
        writers = [await Writer(dsn, folder / str(number)).start() for number in range(WRITERS)]
        for what, which, events in script:
            if what == "send":
                sent.update(map(identity, events))
                writers[which].send(events, answered)
            elif what == "pause":
                await asyncio.sleep(which)
            elif what == "hold":
                tasks.append(asyncio.create_task(hold(databases.raw_dsn, which)))
            elif what == "cut":
                proxy.loses_answers = which
                await asyncio.sleep(0.005)
                proxy.cut()
                await asyncio.sleep(0.005)
                proxy.is_cut = proxy.loses_answers = False
            else:
                await writers[which].crash()
                writers[which] = await Writer(dsn, folder / str(which)).start()
        await asyncio.gather(*tasks)
        for writer in writers:
            async with asyncio.timeout(20):
                while writer.commits.is_busy or not writer.spool.is_empty:
                    await asyncio.sleep(0.002)
            await writer.crash()
    stored = [tuple(row) for row in await raw.fetch("SELECT project_id, visitor, id FROM raw.events")]
    ledger = dict(await raw.fetch("SELECT outcome, sum(events)::int FROM raw.ledger GROUP BY 1"))
    heads = await raw.fetch(
        "SELECT head, (SELECT array_agg(seq ORDER BY seq) FROM raw.batch b WHERE b.partition = p.partition) "
        "FROM raw.partition p"
    )
    await raw.close()
    assert len(stored) == len(set(stored)), "an event is stored once"
    assert acknowledged <= set(stored) <= sent, "and none is lost, and none made up"
    assert ledger.get("stored", 0) == len(stored)
    if not any(what == "crash" for what, _, _ in script):  # who was answered by a dying writer sends again
        assert sum(ledger.values()) == counted
    assert sum(ledger.values()) >= counted
    assert all((seqs or []) == list(range(1, head + 1)) for head, seqs in heads), "no position is left out"
