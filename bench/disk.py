"""What do a million events take of the disk, raw and in analytics, on PostgreSQL and on TimescaleDB?

    python -m bench.disk [EVENTS]

The events of the pipeline go through a worker on PostgreSQL; then analytics moves to TimescaleDB (the build
that tests run against), where every chunk of events is turned into columns. Prints JSON.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from bench.contenders import postgres_of, process_of
from bench.pipeline import append, caught_up, rows_of
from gooddata.config import PREFIX, Settings
from gooddata.persistence.migrate import migrate
from gooddata.persistence.move import move_analytics
from gooddata.persistence.projects import create_project

_SERVER = Path(__file__).parents[1] / "tests" / "timescale" / "server" / "main.mjs"
_BATCH = 1_000
_TABLES = """
    SELECT coalesce(p.inhparent, c.oid)::regclass::text AS name, pg_total_relation_size(c.oid) AS bytes
    FROM pg_class c LEFT JOIN pg_inherits p ON p.inhrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace::regnamespace::text = $1"""
_HYPERTABLES = """
    SELECT 'analytics.' || hypertable_name AS name,
           hypertable_size(format('analytics.%I', hypertable_name)::regclass) AS bytes
    FROM timescaledb_information.hypertables WHERE hypertable_schema = 'analytics'"""
_TO_COLUMNS = "SELECT compress_chunk(chunk) FROM show_chunks('analytics.event') AS chunk"


@contextmanager
def _timescale(folder: Path) -> Iterator[str]:
    with subprocess.Popen(
        ["node", _SERVER, folder / "timescale.tar"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        yield f"postgresql://postgres:any@127.0.0.1:{server.stdout.readline().strip()}/analytics"
        server.kill()


async def _sizes(connection: Any, events: int, *questions: tuple[Any, ...]) -> dict[str, float]:
    """Megabytes a million events, by table."""
    sizes: dict[str, int] = {}
    for question in questions:
        for name, size in await connection.fetch(*question):
            sizes[name] = sizes.get(name, 0) + size
    told = {name: round(size / events, 1) for name, size in sorted(sizes.items()) if size / events >= 0.5}
    return told | {"all": round(sum(sizes.values()) / events, 1)}


async def _measure(events: int, folder: Path) -> dict[str, Any]:
    with postgres_of(folder) as postgres, _timescale(folder) as timescale_dsn:
        raw_dsn, analytics_dsn = postgres.dsn("gooddata_raw"), postgres.dsn("gooddata_analytics")
        partitions = Settings().partitions
        await migrate(raw_dsn, analytics_dsn, partitions=partitions)
        raw, analytics = await asyncpg.connect(raw_dsn), await asyncpg.connect(analytics_dsn)
        project = (await create_project(analytics, "Bench")).project
        rows = rows_of(events)
        settings = {
            "RAW_DSN": raw_dsn,
            "ANALYTICS_DSN": analytics_dsn,
            "DATA": str(folder),
            "SECRET": "of a measurement",
        }
        with process_of(
            [sys.executable, "-m", "gooddata", "work"],
            {PREFIX + name: value for name, value in settings.items()},
            folder,
        ):
            await append(raw, project, rows, _BATCH, partitions)
            await caught_up(raw, analytics)
        report = {
            "bench": "disk",
            "cores": os.cpu_count(),
            "events": len(rows),
            "sessions": await analytics.fetchval("SELECT count(*) FROM analytics.session"),
            "mb_per_million_events": {
                "raw, PostgreSQL": await _sizes(raw, len(rows), (_TABLES, "raw")),
                "analytics, PostgreSQL": await _sizes(analytics, len(rows), (_TABLES, "analytics")),
            },
        }
        await move_analytics(analytics_dsn, timescale_dsn, lambda _: None)
        moved = await asyncpg.connect(timescale_dsn)
        found = report["mb_per_million_events"]
        both = (_HYPERTABLES,), (_TABLES + " AND relname NOT IN ('event', 'session', 'rollup_minute')", "analytics")
        found["analytics, TimescaleDB, rows"] = await _sizes(moved, len(rows), *both)
        await moved.execute(_TO_COLUMNS)
        found["analytics, TimescaleDB, events in columns"] = await _sizes(moved, len(rows), *both)
        for connection in (raw, analytics, moved):
            await connection.close()
        return report


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as folder:
        print(msgspec.json.encode(asyncio.run(_measure(events, Path(folder)))).decode())


if __name__ == "__main__":
    main()
