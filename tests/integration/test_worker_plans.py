"""What a worker looks up by key it goes on looking up by key while tables grow under plans that were made before."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from gooddata.intelligence import worker
from gooddata.sql import statement
from tests.integration.appended import append
from tests.integration.workbench import MINUTE, event, now, opened

MANY, SOME = 20_000, 300
FILL = """
    INSERT INTO analytics.session
        (project_id, session_id, visitor, started_at, last_at, events, pageviews, clicks, goals)
    SELECT $1, gen_random_uuid(), gen_random_uuid(), at, at, 1, 1, 0, 0
    FROM generate_series(now() - $2::int * interval '1 second', now(), interval '1 second') at"""
# Rows and entries of indexes that anybody has read of sessions.
READ = """
    SELECT (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname LIKE 'session\\_%')
         + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname LIKE 'session\\_%')"""
WINDOWS = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'analytics.session'::regclass"


DAY = 24 * 60 * MINUTE


@pytest.fixture
async def bench(databases):
    async with opened(databases) as made:
        await make_room(made, 70)
        yield made


async def make_room(bench, days):
    """Windows as in the minute before PostgreSQL itself looks at what they have become."""
    span = timedelta(days=days)
    await bench.analytics.execute("SELECT analytics.make_room(now() - $1::interval, now() + interval '1 day')", span)
    for row in await bench.analytics.fetch(WINDOWS):
        await bench.analytics.execute(f"ALTER TABLE {row[0]} SET (autovacuum_enabled = false)")


async def visits(bench, name, at):
    """So many new visitors at once that a plan for any number of them costs no more than one for these."""
    await append(bench.raw, bench.project, [event(at, f"{name} {number}") for number in range(120)])
    await bench.caught_up()


async def read(bench):
    """Rows of sessions that anybody has read; servers tell of that a second later at the latest."""
    await asyncio.sleep(1.2)
    return await bench.analytics.fetchval(READ)


async def test_a_plan_that_was_made_while_a_window_was_empty_does_not_outlive_that(bench, monkeypatch):
    monkeypatch.setattr(worker, "PLAN_SECONDS", 0.1)
    bench.start()
    # From the sixth time on PostgreSQL keeps a plan; of the newest window it is one of an empty table.
    for number in range(8):
        await visits(bench, f"early {number}", now() - 60 * DAY)
    await bench.analytics.execute(FILL, bench.project, MANY)
    await asyncio.sleep(0.2)
    await visits(bench, "first", now() - MINUTE)
    before = await read(bench)
    await visits(bench, "late", now() - MINUTE)
    assert await read(bench) - before < MANY


async def test_earlier_sessions_of_a_visitor_are_looked_up_by_visitor_while_nothing_is_known_of_a_window(databases):
    async with opened(databases) as bench:
        await make_room(bench, 1)
        await bench.analytics.execute(FILL, bench.project, MANY)
        before = await read(bench)
        since = datetime.now(UTC) - timedelta(days=28)
        sample = statement("gooddata.intelligence.automated", "sessions")
        assert len(await bench.analytics.fetch(sample, bench.project, SOME, since, False)) == SOME
        await bench.analytics.execute("SELECT pg_stat_force_next_flush()")
        # The sample is drawn from all; what is read through an index is counted there and in the table.
        assert await read(bench) - before < 3 * MANY
