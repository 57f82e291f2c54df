"""What the made-up quarter stores is what workers would have stored of the same events."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import asyncpg
import pytest

from bench.query_data import mix, rows
from bench.query_data.blocks import write_due_blocks
from bench.query_data.fill import PROJECT, fill
from bench.query_data.visits import plan
from gooddata.errors import InputError
from gooddata.intelligence.facts.fact import COLUMNS, Fact
from gooddata.intelligence.facts.scrub import clean_path
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.results.write import _session
from gooddata.intelligence.sessions.history import FIRST_VISIT
from gooddata.intelligence.sessions.recount import sessions_of
from gooddata.intelligence.sessions.rollup import Rollup
from gooddata.intelligence.sessions.rule import session_id
from gooddata.intelligence.uniques.keep import count_ready
from gooddata.intelligence.uniques.recount import Ready
from tests.conftest import Databases, as_admin
from tests.integration.workbench import connected

UNTIL = datetime(2026, 11, 20, tzinfo=UTC)
EVENTS, DAYS = 12_000, 3
SESSION = (
    "project_id, session_id, visitor, started_at, last_at, events, pageviews, clicks, goals, revenue, engaged_ms,"
    " scroll, entry_path, last_path, source, campaign, device, browser, country, simulated, automated, last_event"
)
CELL = "project_id, dimension, minute, value, events, pageviews, sessions, bounces, conversions, revenue, engaged_ms"
SKETCHES = (
    "SELECT 'hour', hour, dimension, value, visitors, sketch FROM analytics.unique_hour UNION ALL "
    "SELECT 'day', day, dimension, value, visitors, sketch FROM analytics.unique_day UNION ALL "
    "SELECT 'block', hour, '', '', events, body FROM analytics.block ORDER BY 1, 2, 3, 4"
)
ALL_DUE = (
    "INSERT INTO analytics.unique_due (project_id, hour) SELECT DISTINCT project_id, hour FROM analytics.unique_hour"
)


@pytest.fixture(scope="module")
async def filled(postgres, template):
    """A filled database, with a connection that has times in milliseconds, and what was told of it."""
    await as_admin(postgres, "CREATE DATABASE query_data TEMPLATE template_analytics")
    databases = Databases(template.raw_dsn, postgres.dsn("query_data"))
    connection = await asyncpg.connect(databases.analytics_dsn)
    told = await fill(connection, events=EVENTS, days=DAYS, seed=3, until=UNTIL)
    await use_milliseconds(connection)
    yield SimpleNamespace(analytics=connection, databases=databases, told=told)
    await connection.close()
    await as_admin(postgres, "DROP DATABASE query_data WITH (FORCE)")


async def facts_by_visitor(connection):
    columns = ", ".join(f'"{column}"' for column in COLUMNS)
    by_visitor = {}
    for row in await connection.fetch(f"SELECT {columns} FROM analytics.event ORDER BY visitor, timestamp"):
        by_visitor.setdefault(row["visitor"], []).append(Fact(*row))
    return by_visitor


async def test_sessions_and_minutes_are_what_a_recount_of_the_events_gives(filled):
    by_visitor = await facts_by_visitor(filled.analytics)
    rollup, expected = Rollup(), {}
    for visitor, facts in by_visitor.items():
        for counted in sessions_of(facts, FIRST_VISIT):
            state = counted.session
            assert {fact.session_id for fact in counted.facts} == {session_id(PROJECT, visitor, state.started_at)}
            expected[state.session_id] = _session(state)
            rollup.add_facts(state.entry, counted.facts)
            rollup.add_session(state)
    stored = {
        row["session_id"]: tuple(row)
        for row in await filled.analytics.fetch(f"SELECT {SESSION} FROM analytics.session")
    }
    assert stored == expected
    cells = await filled.analytics.fetch(f"SELECT {CELL} FROM analytics.rollup_minute")
    assert sorted(map(tuple, cells)) == rollup.rows()
    told = filled.told
    assert (told.events, told.sessions, told.visitors, told.cells) == (
        sum(map(len, by_visitor.values())), len(expected), len(by_visitor), len(cells)
    )  # fmt: skip
    assert told.events == pytest.approx(EVENTS, rel=0.1)
    assert await filled.analytics.fetchval("SELECT every(started_at >= $1) FROM analytics.session", day(-DAYS))
    late = "SELECT count(*) FROM analytics.session WHERE date_trunc('day', started_at) < date_trunc('day', last_at)"
    assert await filled.analytics.fetchval(late) > 0


def day(number):
    return round((UNTIL + timedelta(days=number)).timestamp() * 1_000)


async def test_unique_visitors_and_blocks_are_what_workers_make(filled):
    made = await filled.analytics.fetch(SKETCHES)
    # What a migration makes due of data from before is brought up to date, too.
    await filled.analytics.execute("DELETE FROM analytics.block")
    await filled.analytics.execute(ALL_DUE)
    assert await write_due_blocks(filled.analytics, PROJECT, lambda line: None) > 24
    assert await filled.analytics.fetch(SKETCHES) == made
    await filled.analytics.execute(ALL_DUE)
    at_once = Ready(timedelta(0), timedelta(0), timedelta(0))
    async with connected(filled, "gooddata_worker") as worker:
        while await count_ready(worker, at_once, share=1.0):
            pass
    assert await filled.analytics.fetchval("SELECT count(*) FROM analytics.unique_due") == 0
    assert await filled.analytics.fetch(SKETCHES) == made
    assert sum(row["visitors"] for row in made if row[0] == "block") == filled.told.events
    assert {row["dimension"] for row in made} == {
        "", "page", "source", "campaign", "event", "goal", "device", "browser", "country"
    }  # fmt: skip


async def test_rows_are_in_windows_and_a_second_filling_is_refused(filled):
    early = "SELECT count(*) FROM ONLY analytics.event_early"
    assert await filled.analytics.fetchval(early) == 0
    with pytest.raises(InputError, match="has a project 'bench' already"):
        await fill(filled.analytics, events=EVENTS, days=DAYS, seed=3, until=UNTIL)


def test_the_same_seed_makes_the_same_visits_and_they_are_skewed():
    one, same, other = (plan(seed, 200_000, 30, 0) for seed in (1, 1, 2))
    assert all((a == b).all() for a, b in zip(one.of_day, same.of_day, strict=True))
    assert (one.ids == same.ids).all()
    assert not all(len(a) == len(b) for a, b in zip(one.of_day, other.of_day, strict=True))
    visits = {}
    for visitors in one.of_day:
        for visitor in visitors.tolist():
            visits[visitor] = visits.get(visitor, 0) + 1
    once = sum(count == 1 for count in visits.values()) / len(visits)
    assert 0.4 < once < 0.8
    assert max(visits.values()) > 15


def test_nothing_that_is_made_would_have_been_scrubbed():
    paths = mix.paths()
    assert len(set(paths)) == mix.PATHS
    assert [clean_path(path) for path in paths] == paths
    assert sum(kind.share for kind in mix.KINDS) == pytest.approx(1)
    assert set(rows.EVENT_COLUMNS) == set(COLUMNS) - {"properties"}
