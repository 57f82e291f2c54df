"""Hours that change while their visitors are counted stay due, and neither side waits for the other."""

import asyncio
import uuid
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest

from gooddata.intelligence.moments import HOUR_MS, use_milliseconds
from gooddata.intelligence.uniques.due import mark_due
from gooddata.intelligence.uniques.keep import count_ready, keep_counted
from gooddata.intelligence.uniques.recount import Ready, count_day, day_of, lock_sketches
from gooddata.intelligence.worker import WorkerSettings
from gooddata.persistence.pool import open_connection
from tests.conftest import new_project
from tests.integration.appended import append
from tests.integration.test_erasure import erase_person
from tests.integration.test_retention import DAY, end, put_term
from tests.integration.workbench import MINUTE, event, now, opened, page

AT_ONCE = Ready(timedelta(0), timedelta(0), timedelta(0))
HOUR = now() // HOUR_MS - 30


class Rival:
    """A transaction that stores facts of an hour, as a round does, step by step."""

    def __init__(self, connection):
        self.connection = connection
        self._transaction = connection.transaction()

    async def begins(self):
        await self._transaction.start()
        return self

    async def stores(self, visitor):
        await self.connection.execute(
            "INSERT INTO analytics.event (project_id, event_id, visitor, session_id, timestamp, type)"
            " VALUES ('p', gen_random_uuid(), $1, gen_random_uuid(), $2, 'page')",
            uuid.uuid5(uuid.NAMESPACE_DNS, visitor),
            HOUR * HOUR_MS + MINUTE,
        )

    async def marks(self):
        await asyncio.wait_for(mark_due(self.connection, {("p", HOUR)}), 2)

    async def commits(self):
        await asyncio.wait_for(self._transaction.commit(), 2)


class Table:
    """Connections to a database in which one hour of one project is counted."""

    def __init__(self, dsn):
        self._dsn = dsn
        self._open = []

    async def connection(self, role="gooddata_worker"):
        connection = await open_connection(self._dsn, role)
        await use_milliseconds(connection)
        self._open.append(connection)
        return connection

    async def rival(self):
        return await Rival(await self.connection()).begins()

    async def round(self, visitor):
        rival = await self.rival()
        await rival.stores(visitor)
        await rival.marks()
        await rival.commits()

    async def count(self):
        connection = await self.connection()
        return await asyncio.wait_for(count_day(connection, "p", day_of(HOUR), AT_ONCE), 5)

    async def state(self):
        """How many visitors the hour's and the day's sketches tell, and whether the hour is due."""
        connection = await self.connection()
        visitors = [
            await connection.fetchval(
                f"SELECT visitors FROM analytics.{table} WHERE dimension = 'page' OR value = 'page'"
            )
            for table in ("unique_hour", "unique_day")
        ]
        return *visitors, await connection.fetchval("SELECT EXISTS (SELECT FROM analytics.unique_due)")

    @asynccontextmanager
    async def held_back(self, table):
        """Who writes into a table of sketches waits meanwhile."""
        owner = await asyncpg.connect(self._dsn)
        async with owner.transaction():
            await owner.execute(f"LOCK TABLE analytics.{table} IN SHARE MODE")
            yield
        await owner.close()

    async def end(self):
        for connection in self._open:
            await connection.close()


@pytest.fixture
async def table(databases):
    owner = await asyncpg.connect(databases.analytics_dsn)
    await owner.execute("SELECT analytics.make_room(now() - interval '3 days', now())")
    await owner.close()
    made = Table(databases.analytics_dsn)
    await made.round("first")
    yield made
    await made.end()


async def test_an_hour_that_is_counted_is_no_longer_due(table):
    assert await table.count() == 1
    assert await table.state() == (1, 1, False)
    assert await table.count() == 0


async def test_who_has_marked_and_not_committed_keeps_the_hour_due(table):
    rival = await table.rival()
    await rival.stores("second")
    await rival.marks()
    assert await table.count() == 1, "the count waits for nobody"
    assert await table.state() == (1, 1, True)
    await rival.commits()
    assert await table.count() == 1
    assert await table.state() == (2, 2, False)


async def test_who_has_stored_and_not_marked_yet_makes_the_hour_due_anew(table):
    rival = await table.rival()
    await rival.stores("second")
    assert await table.count() == 1
    assert await table.state() == (1, 1, False)
    await rival.marks()
    await rival.commits()
    assert await table.state() == (1, 1, True)
    assert await table.count() == 1
    assert await table.state() == (2, 2, False)


async def test_who_commits_while_the_count_goes_on_is_not_overlooked(table):
    async with table.held_back("unique_day"):
        counting = asyncio.create_task(table.count())
        await asyncio.sleep(0.3)
        assert not counting.done(), "it has read the hour, and is about to write the day"
        await table.round("second")
    assert await counting == 1
    assert await table.state() == (1, 1, True)
    assert await table.count() == 1
    assert await table.state() == (2, 2, False)


async def test_one_counts_at_a_time_and_an_erasure_waits_for_it(table):
    async with table.held_back("unique_day"):
        counting = asyncio.create_task(table.count())
        await asyncio.sleep(0.3)
        assert await table.count() == 0
        erasing = await table.connection("gooddata_operator")
        transaction = erasing.transaction()
        await transaction.start()
        locking = asyncio.create_task(lock_sketches(erasing))
        await asyncio.sleep(0.2)
        assert not locking.done()
    assert await counting == 1
    await asyncio.wait_for(locking, 5)
    assert await table.count() == 0
    await transaction.rollback()


async def test_rounds_and_counts_at_once_lose_nothing(table):
    """Many rounds, each of a new visitor, with counts all the while: in the end all are in the sketch."""
    stop = asyncio.Event()

    async def count():
        connection = await table.connection()
        while not stop.is_set():
            await count_ready(connection, AT_ONCE, share=1.0)

    async def rounds(name):
        connection = await table.connection()
        for number in range(60):
            rival = await Rival(connection).begins()
            await rival.stores(f"{name} {number}")
            if number % 3:
                await asyncio.sleep(0.002)
            await rival.marks()
            await rival.commits()

    counting = [asyncio.create_task(count()) for _ in range(2)]
    await asyncio.gather(*(rounds(name) for name in "abc"))
    stop.set()
    await asyncio.gather(*counting)
    while (await table.state())[2]:
        await table.count()
    assert await table.state() == (181, 181, False)


async def test_a_worker_counts_hours_that_have_ended_and_leaves_the_running_one(databases):
    async with opened(databases) as bench:
        at = now() // HOUR_MS * HOUR_MS
        await append(bench.raw, bench.project, [page(at - 1), event(at - MINUTE, "w"), page(at + 1, "later")])
        bench.start(WorkerSettings(count_seconds=0.1, ready=Ready(timedelta(0), timedelta(seconds=0.2))))
        await bench.caught_up()
        for _ in range(100):
            rows = await bench.analytics.fetch(
                "SELECT (extract(epoch FROM hour) * 1000)::bigint, visitors FROM analytics.unique_hour"
                " WHERE dimension = ''"
            )
            if rows:
                break
            await asyncio.sleep(0.1)
        assert [tuple(row) for row in rows] == [(at - HOUR_MS, 2)]
        due = await bench.analytics.fetch("SELECT (extract(epoch FROM hour) * 1000)::bigint FROM analytics.unique_due")
        assert [row[0] for row in due] == [at]


async def test_an_hour_that_keeps_changing_is_counted_all_the_same(databases):
    async with opened(databases) as bench:
        patient = Ready(timedelta(0), timedelta(hours=1), timedelta(seconds=0.5))
        await append(bench.raw, bench.project, [page(now() - 2 * HOUR_MS)])
        bench.start(WorkerSettings(count_seconds=3_600))
        await bench.caught_up()
        connection = await open_connection(databases.analytics_dsn, "gooddata_worker")
        await use_milliseconds(connection)
        assert await count_ready(connection, patient) == 0
        await asyncio.sleep(0.6)
        await append(bench.raw, bench.project, [page(now() - 2 * HOUR_MS, "w")])
        await bench.caught_up()
        assert await count_ready(connection, patient) >= 1
        await connection.close()


async def test_counting_goes_on_when_the_database_was_away(databases, postgres):
    async with opened(databases) as bench:
        counting = asyncio.create_task(keep_counted(databases.analytics_dsn, 0.05, AT_ONCE))
        await asyncio.sleep(0.3)
        await bench.analytics.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await append(bench.raw, bench.project, [page(now() - 2 * HOUR_MS)])
        bench.start(WorkerSettings(count_seconds=3_600))
        await bench.caught_up()
        for _ in range(100):
            if await bench.analytics.fetchval("SELECT count(*) FROM analytics.unique_day"):
                break
            await asyncio.sleep(0.1)
        assert not counting.done()
        assert await bench.analytics.fetchval("SELECT visitors FROM analytics.unique_day WHERE dimension = ''") == 1
        counting.cancel()


async def test_sketches_of_what_is_past_its_term_stay_and_people_can_be_erased_from_them(databases):
    """Late events are added to what was counted of events that are gone, and an erasure reaches even that."""
    async with opened(databases) as bench:
        await new_project(databases)  # which keeps everything
        old = now() // DAY * DAY - 20 * DAY  # so that an hour later is the same day at any time of this one
        await append(bench.raw, bench.project, [page(old, "a"), page(old, "b"), page(old + HOUR_MS, "a")])
        bench.start(WorkerSettings(count_seconds=3_600))
        await bench.caught_up()
        connection = await open_connection(databases.analytics_dsn, "gooddata_worker")
        await use_milliseconds(connection)

        async def counted():
            while await count_ready(connection, AT_ONCE, share=1.0):
                pass
            return [
                await bench.analytics.fetchval(f"SELECT sum(visitors) FROM analytics.{table} WHERE dimension = ''")
                for table in ("unique_hour", "unique_day")
            ]

        assert await counted() == [3, 2]
        for kind in ("events", "sessions"):
            await put_term(bench.analytics, bench.project, kind, 10)
        assert (await end(bench)).rows["events"] == {bench.project: 3}
        await append(bench.raw, bench.project, [page(old + MINUTE, "c")])
        await bench.caught_up()
        assert await counted() == [4, 3]

        await end(bench)
        receipt = await erase_person(databases, bench.project, visitor="a")
        assert (receipt.analytics["sessions"], receipt.analytics["sketches"]) == (0, 3 * 6)
        assert await counted() == [2, 2]
        assert (await erase_person(databases, bench.project, visitor="a")).analytics["sketches"] == 0

        await put_term(bench.analytics, bench.project, "counts", 10)
        await end(bench)
        assert await counted() == [None, None]
        await connection.close()
