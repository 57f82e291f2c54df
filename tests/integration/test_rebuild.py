"""Counts rebuilt from the log are what they were, whatever has become of them meanwhile."""

import asyncio
import json
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from gooddata.errors import InputError
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.rebuild import rebuild
from gooddata.persistence.pool import open_connection
from gooddata.persistence.retention.keep import end_what_is_due
from gooddata.persistence.retention.terms import put_term
from tests.conftest import new_project
from tests.integration.appended import append
from tests.integration.workbench import MINUTE, PSEUDONYMS, SECRET, event, now, opened, page

NAMES = ("$click", "Product Viewed", "Product Added", "Order Completed")
TABLES = {
    "rollup_minute": "project_id, dimension, minute, value, events, pageviews, sessions, bounces, conversions, "
    "round(revenue::numeric, 2) AS revenue, engaged_ms",
    "session": "project_id, session_id, visitor, started_at, last_at, events, pageviews, clicks, goals, revenue, "
    "engaged_ms, entry_path, last_path, source, campaign, last_event",
    "event": "project_id, event_id, visitor, session_id, timestamp, type, name, path, source, campaign, revenue, goal",
    "identity_link": 'project_id, visitor, "user", slot, seen_at, event_id',
}


async def held(bench):
    """What the tables hold, without the order and the times of writing."""
    return {
        table: sorted(
            str(tuple(row)) for row in await bench.analytics.fetch(f"SELECT {columns} FROM analytics.{table}")
        )
        for table, columns in TABLES.items()
    }


def visits(rng, start, number):
    """Visits of few visitors over some hours, so that some go on across any moment."""
    events = []
    for _ in range(number):
        at = start + rng.randrange(8 * 60) * MINUTE + rng.randrange(60_000)
        visitor = f"v{rng.randrange(12)}"
        tags = {"campaign": {"source": rng.choice(("google", "news")), "name": "spring"}} if rng.random() < 0.4 else {}
        events.append(
            page(at, visitor, f"/{rng.randrange(5)}", context=tags, **({"user": "u"} if rng.random() < 0.2 else {}))
        )
        for _ in range(rng.randrange(6)):
            at += rng.randrange(1_000, 25 * MINUTE)
            events.append(event(at, visitor, rng.choice(NAMES), properties={"price": 3.5, "revenue": 9.99}))
    rng.shuffle(events)
    return [each for each in events if each["timestamp"] < now()]


async def rebuilt_since(bench, at, project=None):
    connection = await open_connection(bench.databases.analytics_dsn, "gooddata_worker")
    await use_milliseconds(connection)
    pool = await asyncpg.create_pool(bench.databases.analytics_dsn, min_size=1, max_size=1)
    try:
        return await rebuild(bench.log, connection, pool, PSEUDONYMS, datetime.fromtimestamp(at / 1_000, UTC), project)
    finally:
        pool.terminate()
        await connection.close()


@pytest.mark.parametrize("seed", range(3))
async def test_a_range_counted_anew_holds_what_it_held(databases, seed):
    async with opened(databases) as bench:
        rng = random.Random(seed)
        start = now() - 10 * 60 * MINUTE
        twin = (await new_project(databases)).project
        for _ in range(6):
            await append(bench.raw, bench.project, visits(rng, start, 15))
            await append(bench.raw, twin, visits(rng, start, 5))
        bench.start()
        await bench.caught_up()
        before = await held(bench)
        assert len(before["session"]) > 30

        middle = start + 4 * 60 * MINUTE + rng.randrange(MINUTE)
        for at, project in ((middle, None), (middle, bench.project), (0, None)):
            # Something has gone wrong with the counts of the range.
            await bench.analytics.execute(
                "UPDATE analytics.rollup_minute SET events = events + 7, revenue = 0 "
                "WHERE minute >= to_timestamp($1::bigint / 60000 * 60) AND ($2::text IS NULL OR project_id = $2)",
                at,
                project,
            )
            await bench.analytics.execute(
                "DELETE FROM analytics.rollup_minute WHERE value = '/1' "
                "AND minute >= to_timestamp($1::bigint / 60000 * 60) AND ($2::text IS NULL OR project_id = $2)",
                at,
                project,
            )
            assert await held(bench) != before
            counted = await rebuilt_since(bench, at, project)
            assert counted.events > 50
            assert await held(bench) == before
        # The worker goes on, with what it holds in memory read anew.
        await append(bench.raw, bench.project, visits(rng, start, 10))
        await bench.caught_up()
        after = await held(bench)
        await rebuilt_since(bench, 0)
        assert await held(bench) == after


async def test_a_worker_waits_and_goes_on(databases, tmp_path):
    async with opened(databases) as bench:
        rng = random.Random(1)
        start = now() - 10 * 60 * MINUTE
        bench.start()
        environment = {
            "GOODDATA_RAW_DSN": databases.raw_dsn,
            "GOODDATA_ANALYTICS_DSN": databases.analytics_dsn,
            "GOODDATA_SECRET": SECRET,
            "GOODDATA_DATA": str(tmp_path),
        }
        sent = 0
        for _ in range(4):
            events = visits(rng, start, 20)
            sent += len(events)
            await append(bench.raw, bench.project, events)
            said = await asyncio.to_thread(
                subprocess.run,
                [sys.executable, "-m", "gooddata", "rebuild", "--since", "2d", "--json"],
                env=environment,
                capture_output=True,
                check=True,
            )
            assert json.loads(said.stdout)["unreadable"] == 0
        await bench.caught_up()
        assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.event") == sent
        total = "SELECT sum(events) FROM analytics.rollup_minute WHERE dimension = ''"
        assert await bench.analytics.fetchval(total) == sent


async def test_a_worker_does_not_go_on_with_what_it_had_counted_before(databases):
    """An event becomes a goal: the visit that is under way has one, also once the worker has added to it."""
    async with opened(databases) as bench:
        at = now() - 10 * MINUTE
        await append(bench.raw, bench.project, [page(at), event(at + MINUTE, name="Asked For A Quote")])
        bench.start()
        await bench.caught_up()
        goals = "SELECT goals FROM analytics.session"
        assert await bench.analytics.fetchval(goals) == 0
        await bench.analytics.execute(
            "INSERT INTO control.goal (project_id, event_name) VALUES ($1, 'Asked For A Quote')", bench.project
        )
        await rebuilt_since(bench, 0)
        assert await bench.analytics.fetchval(goals) == 1
        await append(bench.raw, bench.project, [event(at + 2 * MINUTE)])
        await bench.caught_up()
        assert await bench.analytics.fetchval("SELECT events FROM analytics.session") == 3
        assert await bench.analytics.fetchval(goals) == 1


async def test_what_the_log_no_longer_holds_is_not_counted_anew(databases):
    async with opened(databases) as bench:
        brief = (await new_project(databases)).project
        for project in (bench.project, brief):
            await append(bench.raw, project, [page(now() - 2 * 24 * 60 * MINUTE), page(now())])
        bench.start()
        await bench.caught_up()
        before = await held(bench)
        await put_term(bench.analytics, brief, "raw", 2)
        later = datetime.now(UTC) + timedelta(days=4)
        assert (await end_what_is_due(databases.raw_dsn, databases.analytics_dsn, later)).rows == {"raw": {brief: 2}}

        for project in (None, brief):
            with pytest.raises(InputError, match="past their retention"):
                await rebuilt_since(bench, now() - 24 * 60 * MINUTE, project)
        await rebuilt_since(bench, now() - 24 * 60 * MINUTE, bench.project)

        assert await held(bench) == before
