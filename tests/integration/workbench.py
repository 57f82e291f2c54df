"""A worker's whole surroundings: both databases, a project, and workers in this process."""

import asyncio
import time
import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg

from gooddata.eventlog.postgres import PostgresLog
from gooddata.intelligence import worker
from gooddata.intelligence.erasure.erase import erase_from_analytics
from gooddata.intelligence.erasure.whom import Whom
from gooddata.intelligence.moments import use_milliseconds
from gooddata.persistence.pool import open_connection
from gooddata.persistence.pseudonym import Pseudonyms
from tests.conftest import new_project

SECRET = "a secret of these tests"
PSEUDONYMS = Pseudonyms(SECRET.encode())
MINUTE = 60_000
SETTINGS = worker.WorkerSettings(round_events=200, keep_seconds=0.2, refresh_seconds=0.2, lease_seconds=2.0)


class Running:
    """A worker in this process."""

    def __init__(self, log, databases, settings):
        self.stop = asyncio.Event()
        self.task = asyncio.create_task(worker.run(log, databases.analytics_dsn, PSEUDONYMS, self.stop, settings))

    async def end(self):
        self.stop.set()
        await asyncio.wait_for(self.task, 10)


class Bench:
    """Both databases of a test, a project, and workers on them."""

    def __init__(self, databases, log, raw, analytics, project):
        self.databases, self.log, self.raw, self.analytics, self.project = databases, log, raw, analytics, project
        self._running = []

    def start(self, settings=SETTINGS):
        running = Running(self.log, self.databases, settings)
        self._running.append(running)
        return running

    async def caught_up(self):
        for _ in range(600):
            heads = await self.log.heads()
            rows = await self.analytics.fetch("SELECT partition, seq FROM analytics.cursor")
            if heads == {row["partition"]: row["seq"] for row in rows}:
                return
            for running in self._running:
                if running.task.done():
                    running.task.result()
            await asyncio.sleep(0.05)
        raise AssertionError("the worker does not catch up")

    async def end(self):
        for running in self._running:
            if not running.task.done():
                await running.end()


@asynccontextmanager
async def opened(databases):
    log = await PostgresLog.open(databases.raw_dsn, worker.ROLE)
    raw = await asyncpg.connect(databases.raw_dsn)
    analytics = await asyncpg.connect(databases.analytics_dsn)
    made = Bench(databases, log, raw, analytics, (await new_project(databases)).project)
    yield made
    await made.end()
    raw.terminate()
    analytics.terminate()
    await log.close()


@asynccontextmanager
async def connected(bench, role):
    """A connection to analytics that wears `role`, with times in milliseconds, as workers have it."""
    connection = await open_connection(bench.databases.analytics_dsn, role)
    await use_milliseconds(connection)
    yield connection
    await connection.close()


async def store_sessions(bench, project, visits):
    """Stores sessions as if workers had: pairs of a visitor's pseudonym and what has the fields of a session."""
    columns = ("pageviews", "clicks", "engaged_ms", "goals", "revenue", "source", "device")
    rows = [
        (
            project, uuid.uuid4(), visitor, datetime.fromtimestamp(each.started_at / 1_000, UTC),
            datetime.fromtimestamp(each.last_at / 1_000, UTC), each.pageviews,
            *(getattr(each, name) for name in columns),
        )
        for visitor, each in visits
    ]  # fmt: skip
    named = ("project_id", "session_id", "visitor", "started_at", "last_at", "events", *columns)
    await bench.analytics.copy_records_to_table("session", schema_name="analytics", columns=named, records=rows)


async def erase_visitors(bench, project, *visitors):
    """Erases pseudonyms from analytics; the receipt."""
    async with connected(bench, "gooddata_operator") as operator:
        return await erase_from_analytics(operator, project, Whom(set(), set(visitors)), now())


def event(at, visitor="v", name="$click", **fields):
    return {"id": str(uuid.uuid4()), "type": "track", "name": name, "visitor": visitor, "timestamp": at} | fields


def page(at, visitor="v", path="/", **fields):
    context = {"page": {"path": path}} | fields.pop("context", {})
    return event(at, visitor, None, type="page", context=context, **fields)


def now():
    return int(time.time() * 1_000)
