"""The product on TimescaleDB: the same rows as on plain PostgreSQL, and what only it can do."""

import random
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.uniques.keep import ROLE, count_ready
from gooddata.intelligence.uniques.recount import Ready
from gooddata.persistence.pool import open_connection
from gooddata.persistence.retention.keep import end_what_is_due
from gooddata.persistence.retention.terms import put_term
from tests.integration.appended import append
from tests.integration.test_erasure import erase_person
from tests.integration.test_rebuild import held, rebuilt_since, visits
from tests.integration.workbench import MINUTE, event, now, opened, page

DAY = 24 * 60 * MINUTE
COUNTS = (
    "sum(events) AS events, sum(pageviews) AS pageviews, sum(sessions) AS sessions, sum(conversions) AS conversions"
)


async def summed(bench, relation, moment):
    return await bench.analytics.fetch(
        f"SELECT date_trunc('day', {moment}) AS day, dimension, value, {COUNTS}"
        f" FROM analytics.{relation} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )


async def adds_up(bench):
    """Hours and days are the sums of their minutes, whatever is materialized of them."""
    minutes = await summed(bench, "rollup_minute", "minute")
    assert minutes and await summed(bench, "rollup_hour", "hour") == minutes
    assert await summed(bench, "rollup_day", "day") == minutes


async def uniques_counted(bench):
    """Every hour that is over has as many visitors as its events, and every day as many as its hours together."""
    at_once = Ready(timedelta(0), timedelta(0), timedelta(0))
    connection = await open_connection(bench.databases.analytics_dsn, ROLE)
    await use_milliseconds(connection)
    while await count_ready(connection, at_once, share=1.0):
        pass
    await connection.close()
    for table, moment in (("unique_hour", "hour"), ("unique_day", "day")):
        counted = await bench.analytics.fetch(
            f"SELECT {moment} AS at, visitors FROM analytics.{table}"
            f" WHERE dimension = '' AND {moment} + interval '1 {moment}' <= now() ORDER BY 1"
        )
        plain = await bench.analytics.fetch(
            f"SELECT date_trunc('{moment}', timestamp, 'UTC') AS at, count(DISTINCT visitor) FROM analytics.event"
            f" WHERE timestamp < date_trunc('{moment}', now(), 'UTC') GROUP BY 1 ORDER BY 1"
        )
        assert counted == plain


async def jobs_run(bench):
    """As the server's own workers run policies, which this build has none of."""
    for job in await bench.analytics.fetch(
        "SELECT job_id FROM timescaledb_information.jobs WHERE proc_name LIKE 'policy_%' ORDER BY job_id"
    ):
        await bench.analytics.execute(f"CALL run_job({job[0]})")


async def test_workers_write_into_hypertables_and_rebuild_them(apart):
    async with opened(apart) as bench:
        assert {
            tuple(row)
            for row in await bench.analytics.fetch(
                "SELECT hypertable_name::text FROM timescaledb_information.hypertables"
                " WHERE hypertable_schema = 'analytics'"
            )
        } == {("event",), ("session",), ("rollup_minute",)}
        rng = random.Random(7)
        start = now() - 10 * 60 * MINUTE
        for _ in range(4):
            await append(bench.raw, bench.project, visits(rng, start, 15))
        bench.start()
        await bench.caught_up()
        before = await held(bench)
        assert len(before["session"]) > 20
        assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.unreadable") == 0
        await adds_up(bench)
        await jobs_run(bench)
        await adds_up(bench)
        await uniques_counted(bench)

        await bench.analytics.execute("UPDATE analytics.rollup_minute SET events = events + 7")
        assert await held(bench) != before
        await rebuilt_since(bench, start - DAY)

        assert await held(bench) == before
        # Real time is what is newer than the last refresh; what was rebuilt behind it shows with the next.
        await jobs_run(bench)
        await adds_up(bench)


async def test_what_comes_late_for_compressed_chunks_is_counted_and_can_be_erased(apart):
    async with opened(apart) as bench:
        old = now() // DAY * DAY - 40 * DAY
        await append(bench.raw, bench.project, [page(old + n * MINUTE, f"v{n % 5}") for n in range(100)])
        bench.start()
        await bench.caught_up()
        await jobs_run(bench)
        compressed = (
            "SELECT count(*) FROM timescaledb_information.chunks WHERE hypertable_name = 'event' AND is_compressed"
        )
        assert await bench.analytics.fetchval(compressed) >= 1

        # Between two events of a session that is stored, and a click that joins two sessions.
        await append(bench.raw, bench.project, [event(old + 30 * MINUTE + 1, "v0"), page(old + 120 * MINUTE, "v1")])
        await bench.caught_up()

        assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.event") == 102
        await uniques_counted(bench)
        assert await bench.analytics.fetchval("SELECT sum(events) FROM analytics.session") == 102
        await jobs_run(bench)
        await adds_up(bench)
        receipt = await erase_person(apart, bench.project, visitor="v0")
        assert receipt.analytics["events"] == 21
        assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.event") == 81
        await uniques_counted(bench)
        await jobs_run(bench)
        await adds_up(bench)


async def test_retention_drops_chunks(apart):
    async with opened(apart) as bench:
        await append(bench.raw, bench.project, [page(now() - 60 * DAY, "old"), page(now(), "new")])
        bench.start()
        await bench.caught_up()
        for kind in ("events", "sessions", "counts"):
            await put_term(bench.analytics, None, kind, 10)

        ended = await end_what_is_due(apart.raw_dsn, apart.analytics_dsn)

        assert len(ended.windows) == 3 and all("chunk" in name for name in ended.windows)
        for table in ("event", "session"):
            assert await bench.analytics.fetchval(f"SELECT count(*) FROM analytics.{table}") == 1
        assert not await end_what_is_due(apart.raw_dsn, apart.analytics_dsn)
        await jobs_run(bench)
        await adds_up(bench)
        await append(bench.raw, bench.project, [page(now() - 60 * DAY + MINUTE, "old"), page(now(), "new")])
        await bench.caught_up()
        assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.event") == 3
        later = datetime.now(UTC) + timedelta(days=300)
        assert len((await end_what_is_due(apart.raw_dsn, apart.analytics_dsn, later)).windows) == 6


FORBIDDEN = [
    ("gooddata_dashboard", "DELETE FROM analytics.session"),
    ("gooddata_dashboard", "SELECT drop_chunks('analytics.event', older_than => now())"),
    ("gooddata_worker", "SELECT analytics.drop_before('event', now())"),
    ("gooddata_operator", "INSERT INTO analytics.event SELECT * FROM analytics.event"),
    ("gooddata_ingest", "SELECT * FROM analytics.rollup_day"),
    ("gooddata_worker", "UPDATE control.project SET name = ''"),
]


async def test_roles_are_refused_here_as_well(apart):
    for role, statement in FORBIDDEN:
        connection = await asyncpg.connect(apart.analytics_dsn, server_settings={"role": role})
        with pytest.raises(asyncpg.PostgresError, match=r"permission denied|must be owner"):
            await connection.execute(statement)
        await connection.close()
