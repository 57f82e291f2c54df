"""Analytics moves from plain PostgreSQL to TimescaleDB, or to another PostgreSQL, with every row, and goes on there."""

import json
import random
import subprocess
import sys

import asyncpg
import pytest

from gooddata.errors import InputError
from gooddata.persistence.migrate import migrate_one
from gooddata.persistence.move import move_analytics
from gooddata.persistence.retention.terms import put_term
from tests.conftest import Databases, as_admin, new_project
from tests.integration.appended import append
from tests.integration.test_rebuild import held, visits
from tests.integration.workbench import MINUTE, now, opened, page

DAY = 24 * 60 * MINUTE


def silent(_):
    """For what is told of the progress."""


async def everything(dsn):
    connection = await asyncpg.connect(dsn)
    projects = await connection.fetch("SELECT project_id, name FROM control.project ORDER BY 1")
    keys = await connection.fetch("SELECT key_hash, scope FROM control.key ORDER BY 1")
    terms = await connection.fetch("SELECT kind, days FROM control.retention")
    cursors = await connection.fetch("SELECT partition, seq FROM analytics.cursor ORDER BY 1")
    scores = await connection.fetch("SELECT session_id, task, reason FROM analytics.score ORDER BY 1, 2")
    await connection.close()
    return [[tuple(row) for row in rows] for rows in (projects, keys, terms, cursors, scores)]


@pytest.fixture(params=["TimescaleDB", "PostgreSQL"])
async def elsewhere(request, postgres):
    """A database that does not hold anything yet."""
    if request.param == "TimescaleDB":
        yield request.getfixturevalue("timescale")
        return
    yield postgres.dsn("moved_analytics")
    await as_admin(postgres, "DROP DATABASE moved_analytics WITH (FORCE)")


async def test_every_row_moves_and_workers_go_on_there(databases, elsewhere):
    async with opened(databases) as bench:
        await append(bench.raw, bench.project, visits(random.Random(3), now() - 10 * 60 * MINUTE, 40))
        await append(bench.raw, bench.project, [page(now() - 100 * DAY, "old"), page(now() - 4_000 * DAY, "ancient")])
        await put_term(bench.analytics, None, "raw", 400)
        await bench.analytics.execute("UPDATE analytics.session SET scroll = 12.5, source = E'tab\\t\"quoted\"'")
        running = bench.start()
        await bench.caught_up()
        before, all_before = await held(bench), await everything(databases.analytics_dsn)

        done = subprocess.run(
            [sys.executable, "-m", "gooddata", "move", "--json"],
            env={
                "GOODDATA_RAW_DSN": databases.raw_dsn,
                "GOODDATA_ANALYTICS_DSN": databases.analytics_dsn,
                "GOODDATA_NEW_ANALYTICS_DSN": elsewhere,
            },
            capture_output=True,
            text=True,
        )

        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["analytics.event"] == len(before["event"])
        await running.end()
        project = bench.project
    async with opened(Databases(databases.raw_dsn, elsewhere)) as bench:
        assert await held(bench) == before
        await bench.analytics.execute("DELETE FROM control.project WHERE project_id = $1", bench.project)
        assert await everything(elsewhere) == all_before
        await append(bench.raw, project, [page(now(), "later"), page(now() - 4_000 * DAY + MINUTE, "ancient")])
        bench.start()
        await bench.caught_up()
        assert len((await held(bench))["event"]) == len(before["event"]) + 2
        assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.unreadable") == 0


async def test_a_database_that_is_in_use_is_not_moved_over(databases, postgres):
    in_use = Databases(databases.raw_dsn, postgres.dsn("in_use"))
    await migrate_one(in_use.analytics_dsn, "analytics")
    kept = await new_project(in_use)
    with pytest.raises(InputError, match="holds projects already"):
        await move_analytics(databases.analytics_dsn, in_use.analytics_dsn, silent)
    with pytest.raises(InputError, match="holds projects already"):
        await move_analytics(in_use.analytics_dsn, in_use.analytics_dsn, silent)
    connection = await asyncpg.connect(in_use.analytics_dsn)
    assert await connection.fetchval("SELECT project_id FROM control.project") == kept.project
    await connection.close()
    await as_admin(postgres, "DROP DATABASE in_use WITH (FORCE)")
