"""A database that an earlier version has filled becomes one of this version, with every row, while events come in."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.uniques.keep import count_ready
from gooddata.intelligence.uniques.recount import Ready
from gooddata.persistence.embedded import EmbeddedPostgres
from gooddata.persistence.migrate import migrate, migrate_one, migrations
from tests.conftest import Databases, as_admin
from tests.integration.appended import append, body_of
from tests.integration.workbench import event, now, opened

# The newest migrations of the version that came before windows of time.
EARLIER = {"raw": 7, "analytics": 8}

FILL = {
    "raw": """
        INSERT INTO raw.partition SELECT generate_series(0, 3);
        INSERT INTO raw.batch
        SELECT p, s, now() - (400 - s) * interval '1 day', 1, '', '{}', convert_to(
            replace(%s, '"v"', '"v' || p || '"'), 'UTF8')
        FROM generate_series(0, 3) p, generate_series(1, 400) s;
        UPDATE raw.partition SET head = 400;
        INSERT INTO raw.rejection (project_id, received_at, reason, body) SELECT 'shop', now(), 'x', 'y';
        INSERT INTO raw.ledger VALUES ('shop', now(), 'stored', '', 1600)""",
    "analytics": """
        INSERT INTO control.project (project_id, name) VALUES ('shop', 'Shop');
        INSERT INTO analytics.cursor (partition, seq) SELECT p, 400 FROM generate_series(0, 3) p;
        INSERT INTO analytics.event (project_id, event_id, visitor, session_id, timestamp, type, name)
        SELECT 'shop', gen_random_uuid(), md5((n % 90)::text)::uuid, md5(n::text)::uuid,
               now() - n * interval '7 hours', 'track', 'n' || n
        FROM generate_series(0, 5000) n;
        INSERT INTO analytics.session (
            project_id, session_id, visitor, started_at, last_at, events, pageviews, clicks, goals)
        SELECT project_id, session_id, visitor, timestamp, timestamp, 1, 0, 0, 0 FROM analytics.event;
        INSERT INTO analytics.rollup_minute (project_id, minute, dimension, value, events)
        SELECT 'shop', date_trunc('minute', timestamp), '', '', 1 FROM analytics.event;
        INSERT INTO analytics.engine_model (
            project_id, version, status, reason, trained_on, vector_version, metrics, model)
        VALUES ('shop', 1, 'ready', NULL, 'observed', 2, '{"log_loss": 1.0}', '{"classes": ["a"]}'),
               ('shop', 2, 'ready', NULL, 'observed', 2, '{"log_loss": 0.9}', '{"classes": ["b"]}'),
               ('shop', 3, 'abstaining', 'no luck', 'observed', 2, '{}', NULL)""",
}

# What a database looks like: columns, keys, indexes, functions, rights. Windows of time differ in number, and are left
# out; that there are some is seen elsewhere.
LOOKS = {
    "columns": """
        SELECT c.oid::regclass::text, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attstorage, pg_get_expr(d.adbin, d.adrelid)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition""",
    "constraints": """
        SELECT c.oid::regclass::text, pg_get_constraintdef(k.oid)
        FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid WHERE NOT c.relispartition""",
    "indexes": """
        SELECT c.oid::regclass::text, pg_get_indexdef(i.indexrelid), i.indisvalid
        FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid WHERE NOT c.relispartition""",
    "rights": """
        SELECT c.oid::regclass::text, a.attname, acl.*
        FROM pg_class c
        CROSS JOIN LATERAL (
            SELECT NULL::name AS attname, c.relacl AS acl
            UNION ALL SELECT attname, attacl FROM pg_attribute WHERE attrelid = c.oid AND attacl IS NOT NULL
        ) a
        CROSS JOIN LATERAL aclexplode(a.acl) acl WHERE NOT c.relispartition""",
    "views": "SELECT c.oid::regclass::text, pg_get_viewdef(c.oid) FROM pg_class c WHERE c.relkind = 'v'",
    "functions": """
        SELECT c.oid::regprocedure::text, c.prosrc, c.prosecdef, c.proconfig, c.proacl::text
        FROM pg_proc c WHERE true""",
}
OURS = "{}.{}namespace::regnamespace::text IN ('raw', 'analytics', 'control')"


async def looks(dsn: str) -> dict[str, list[str]]:
    connection = await asyncpg.connect(dsn)
    found = {}
    for what, question in LOOKS.items():
        ours = OURS.format("c", "pro" if what == "functions" else "rel")
        found[what] = sorted(str(tuple(row)) for row in await connection.fetch(f"{question} AND {ours}"))
    await connection.close()
    return found


async def rows(dsn: str) -> dict[str, list[str]]:
    """All rows of all tables there are, by the columns of today's."""
    connection = await asyncpg.connect(dsn)
    tables = await connection.fetch(
        "SELECT oid::regclass::text AS name FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
        f" AND {OURS.format('pg_class', 'rel')}"
    )
    found = {
        name: sorted(row[0] for row in await connection.fetch(f"SELECT t::text FROM {name} t")) for (name,) in tables
    }
    await connection.close()
    return found


@pytest.fixture
async def earlier(postgres: EmbeddedPostgres) -> AsyncIterator[Databases]:
    """Databases of an earlier version, filled."""
    names = {"raw": "earlier_raw", "analytics": "earlier_analytics"}
    for database, name in names.items():
        await migrate_one(postgres.dsn(name), database, newest=EARLIER[database])
        connection = await asyncpg.connect(postgres.dsn(name))
        body = body_of([event(now(), "v")], "shop")
        await connection.execute(FILL[database].replace("%s", f"$body${body}$body$"))
        await connection.close()
    yield Databases(*(postgres.dsn(name) for name in names.values()))
    for name in names.values():
        await as_admin(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def as_now(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, list[str]]:
    """The rows of before as rows of tables that have got more columns since: empty ones, at their end."""
    more = {name: after[name][0].count(",") - found[0].count(",") for name, found in before.items() if found}
    return {name: sorted(row[:-1] + "," * more.get(name, 0) + ")" for row in found) for name, found in before.items()}


async def intent_is_a_version_as_every_other(earlier: Databases) -> None:
    connection = await asyncpg.connect(earlier.analytics_dsn)
    versions = await connection.fetch("SELECT version, role, status FROM analytics.model ORDER BY version")
    assert [tuple(row) for row in versions] == [
        (1, "former", "ready"),
        (2, "champion", "ready"),
        (3, "challenger", "abstaining"),
    ]
    [published] = await connection.fetch("SELECT version, vector_version, model FROM analytics.engine_model")
    assert tuple(published) == (2, 2, '{"classes": ["b"]}')
    await connection.close()


async def test_a_filled_database_keeps_every_row_and_becomes_what_a_new_one_is(
    earlier: Databases, databases: Databases
) -> None:
    dsns = (earlier.raw_dsn, earlier.analytics_dsn)
    before = [await rows(dsn) for dsn in dsns]
    # Which become rows of another table: of that is seen below.
    moved = before[1].pop("analytics.engine_model"), before[1].pop("analytics.model")
    assert [len(each) for each in moved] == [3, 0]

    applied = await migrate(*dsns, partitions=4)

    assert len(applied) == sum(len(migrations(database)) - newest for database, newest in EARLIER.items())
    for dsn, fresh, held in zip(dsns, (databases.raw_dsn, databases.analytics_dsn), before, strict=True):
        after = await rows(dsn)
        assert {name: after[name] for name in held} == as_now(held, after)
        assert await looks(dsn) == await looks(fresh)
    await intent_is_a_version_as_every_other(earlier)
    # It goes on: what was there is in the log still, and what comes is applied.
    async with opened(earlier) as bench:
        assert len(await bench.log.read(0, 0, 1_000)) == 400
        await append(bench.raw, "shop", [event(now(), f"new{n}") for n in range(40)])
        bench.start()
        await bench.caught_up()
        assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.event") == 5041
        assert await bench.raw.fetchval("SELECT count(*) FROM raw.events WHERE visitor LIKE 'v%'") == 1600


async def test_what_was_stored_is_counted_by_goal_and_by_visitor(earlier: Databases) -> None:
    connection = await asyncpg.connect(earlier.analytics_dsn)
    await connection.execute("UPDATE analytics.event SET goal = true, revenue = 0.1 WHERE name IN ('n0', 'n1')")
    await connection.execute("UPDATE analytics.event SET name = 'n0' WHERE name = 'n1'")
    await migrate(earlier.raw_dsn, earlier.analytics_dsn, partitions=4)
    goals = await connection.fetch(
        "SELECT value, sum(events), sum(conversions), sum(revenue), count(*) FROM analytics.rollup_minute"
        " WHERE dimension = 'goal' GROUP BY 1"
    )
    assert [tuple(row) for row in goals] == [("n0", 2, 2, 0.2, 2)]
    assert await connection.fetchval("SELECT count(*) FROM analytics.unique_due") == 5_001
    await use_milliseconds(connection)
    while await count_ready(connection, Ready(timedelta(0), timedelta(0), timedelta(0)), share=1.0):
        pass
    told = await connection.fetchrow("SELECT count(*), sum(visitors) FROM analytics.unique_hour WHERE dimension = ''")
    assert told["count"] == told["sum"] >= 5_000
    await connection.close()


APPEND = """SELECT raw.append(now(), ARRAY[$1]::smallint[], ARRAY[$2]::bigint[], '{1}', '{""}', '{0}', '{}', '{"[]"}',
                              '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', 0, NULL, NULL)"""


async def test_events_come_in_meanwhile_whoever_reads_for_long(earlier: Databases) -> None:
    """Ingestion of the earlier version goes on while the log is upgraded, and while that has to wait for a reader."""
    ended = asyncio.Event()
    appended: dict[int, int] = {}

    async def ingest(partition: int) -> None:
        connection = await asyncpg.connect(earlier.raw_dsn, server_settings={"role": "gooddata_ingest"})
        head = 400
        while not ended.is_set():
            await asyncio.wait_for(connection.fetch(APPEND, partition, head), 5)
            appended[partition] = head = head + 1
            await asyncio.sleep(0.005)
        await connection.close()

    async def goes_on() -> None:
        """Until each partition has had more events. Raises TimeoutError when appending waits for the reader."""
        before = dict(appended)
        while any(appended[partition] < before[partition] + 5 for partition in before):
            await asyncio.sleep(0.01)
            for task in ingesting:
                if task.done():
                    task.result()

    reader: Any = await asyncpg.connect(earlier.raw_dsn)
    reading = reader.transaction()
    await reading.start()
    await reader.fetch("SELECT count(*) FROM raw.batch")
    ingesting = [asyncio.create_task(ingest(partition)) for partition in range(4)]
    upgrading = asyncio.create_task(migrate(earlier.raw_dsn, earlier.analytics_dsn, partitions=4))
    await asyncio.sleep(2.5)
    assert not upgrading.done(), "a window cannot be made of what is being read"
    await goes_on()
    assert not upgrading.done()
    await reading.rollback()
    await upgrading
    await asyncio.sleep(0.3)
    ended.set()
    await asyncio.gather(*ingesting)

    heads = await reader.fetch("SELECT partition, max(seq), count(*) FROM raw.batch GROUP BY 1")
    await reader.close()
    assert {partition: head for partition, head, _ in heads} == appended
    assert all(head == count > 420 for _, head, count in heads)
