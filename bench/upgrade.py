"""For how long does ingestion wait while a filled log is upgraded to windows of time?

    python -m bench.upgrade [BATCHES]

Fills a log of the version before with batches of a thousand events (their bodies shortened: an upgrade looks at the
rows, not the bodies), appends to it all the while it is upgraded, and prints the longest wait as JSON.
"""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import msgspec

from bench.contenders import postgres_of
from gooddata.persistence.migrate import migrate, migrate_one

_BEFORE = 7
_PARTITIONS = 4
_FILL = """
    INSERT INTO raw.partition SELECT generate_series(0, $1 - 1);
    INSERT INTO raw.batch
    SELECT n % $1, n / $1 + 1, now() - (($2 - n) * 10) * interval '1 second', 1000, decode(repeat('00', 8000), 'hex'),
           ARRAY(SELECT (random() * 1e9)::int FROM generate_series(1, 100)), '[]'
    FROM generate_series(0, $2 - 1) n;
    UPDATE raw.partition p SET head = (SELECT max(seq) FROM raw.batch b WHERE b.partition = p.partition)"""
_APPEND = """SELECT raw.append(now(), ARRAY[$1]::smallint[], ARRAY[$2]::bigint[], '{1}', '{""}', '{0}', '{}', '{"[]"}',
                               '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', 0, NULL, NULL)"""


async def _ingest(dsn: str, head: int, ended: asyncio.Event, waits: list[float]) -> None:
    connection = await asyncpg.connect(dsn, server_settings={"role": "gooddata_ingest"})
    while not ended.is_set():
        started = time.perf_counter()
        await connection.fetch(_APPEND, 0, head)
        waits.append(time.perf_counter() - started)
        head += 1
        await asyncio.sleep(0.002)
    await connection.close()


async def _measure(postgres: object, batches: int) -> dict[str, object]:
    raw_dsn, analytics_dsn = postgres.dsn("raw"), postgres.dsn("analytics")  # type: ignore[attr-defined]
    await migrate_one(raw_dsn, "raw", newest=_BEFORE)
    raw = await asyncpg.connect(raw_dsn)
    for statement in _FILL.replace("$1", str(_PARTITIONS)).replace("$2", str(batches)).split(";"):
        await raw.execute(statement)
    head = await raw.fetchval("SELECT head FROM raw.partition WHERE partition = 0")
    ended, waits = asyncio.Event(), list[float]()
    ingesting = asyncio.create_task(_ingest(raw_dsn, head, ended, waits))
    await asyncio.sleep(2)
    usual, started = max(waits), time.perf_counter()
    waits.clear()
    await migrate(raw_dsn, analytics_dsn, partitions=_PARTITIONS)
    seconds = time.perf_counter() - started
    ended.set()
    await ingesting
    rows = await raw.fetchval("SELECT count(*) FROM raw.batch")
    await raw.close()
    return {
        "bench": "upgrade",
        "cores": os.cpu_count(),
        "batches": batches,
        "events": batches * 1_000,
        "kept": rows >= batches,
        "upgrade_seconds": round(seconds, 2),
        "longest_append_ms": round(max(waits) * 1e3, 1),
        "longest_append_before_ms": round(usual * 1e3, 1),
    }


def main() -> None:
    batches = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as place, postgres_of(Path(place)) as postgres:
        print(msgspec.json.encode(asyncio.run(_measure(postgres, batches))).decode())


if __name__ == "__main__":
    main()
