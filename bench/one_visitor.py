"""How long does it take to find one visitor's newest events among many millions of raw ones?

    python -m bench.one_visitor [EVENTS] [EVENTS_A_BATCH]

Small batches are the hard case: of each the marks of its visitors are looked at. Prints JSON.
"""

import asyncio
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import asyncpg
import msgspec

from bench.pipeline import Row, groups_of, rows_of
from gooddata.event import partition_of, visitor_mark
from gooddata.persistence.embedded import EmbeddedPostgres
from gooddata.persistence.migrate import migrate
from gooddata.persistence.projects import create_project
from gooddata.persistence.raw_events import Wanted, log_heads, newest_events

_PARTITIONS = 32
_AT_ONCE = 100_000  # events
_ASKED = 200
_COLUMNS = ("partition", "seq", "received_at", "events", "fingerprints", "visitors", "body")


def _batches(project: str, rows: list[Row], round_: int, batch: int, heads: dict[int, int]) -> list[tuple[Any, ...]]:
    """Batches as ingestion writes them, of visitors that no other round has."""
    waiting: dict[int, list[Row]] = {}
    found = []
    for at, event, context in rows:
        own = event | {"visitor": f"{event['visitor']}-{round_}"}
        partition = partition_of(project, own["visitor"], _PARTITIONS)
        full = waiting.setdefault(partition, [])
        full.append((at, own, context))
        if len(full) == batch:
            found.append(_record(project, partition, full, heads))
            waiting[partition] = []
    return found + [_record(project, partition, rest, heads) for partition, rest in waiting.items() if rest]


def _record(project: str, partition: int, rows: list[Row], heads: dict[int, int]) -> tuple[Any, ...]:
    heads[partition] += 1
    marks = sorted({visitor_mark(project, event["visitor"]) for _, event, _ in rows})
    body = msgspec.json.encode(groups_of(project, rows))
    at = datetime.now(UTC) - timedelta(hours=1)
    return partition, heads[partition], at, len(rows), os.urandom(16 * len(rows)), marks, body


async def _fill(raw: Any, project: str, rows: list[Row], rounds: int, batch: int) -> int:
    """Puts the rows there so many times. Returns how many batches they are."""
    heads = dict.fromkeys(range(_PARTITIONS), 0)
    for round_ in range(rounds):
        await raw.copy_records_to_table(
            "batch", schema_name="raw", columns=_COLUMNS, records=_batches(project, rows, round_, batch, heads)
        )
    await raw.executemany("UPDATE raw.partition SET head = $2 WHERE partition = $1", list(heads.items()))
    # As autovacuum does in a while.
    await raw.execute("VACUUM ANALYZE raw.batch")
    return sum(heads.values())


async def measure(postgres: EmbeddedPostgres, events: int, batch: int) -> dict[str, Any]:
    raw_dsn, analytics_dsn = postgres.dsn("gooddata_raw"), postgres.dsn("gooddata_analytics")
    await migrate(raw_dsn, analytics_dsn, partitions=_PARTITIONS)
    analytics = await asyncpg.connect(analytics_dsn)
    project = (await create_project(analytics, "one-visitor")).project
    await analytics.close()
    raw = await asyncpg.connect(raw_dsn)
    try:
        sent = rows_of(min(events, _AT_ONCE))
        rounds = -(-events // len(sent))
        batches = await _fill(raw, project, sent, rounds, batch)
        rng, visitors = Random(1), sorted({event["visitor"] for _, event, _ in sent})
        took, found = [], 0
        for _ in range(_ASKED):
            wanted = Wanted(project=project, visitor=f"{rng.choice(visitors)}-{rng.randrange(rounds)}")
            started = time.perf_counter()
            rows = await newest_events(raw, wanted, 100, await log_heads(raw))
            took.append((time.perf_counter() - started) * 1e3)
            found += len(rows)
            assert rows
    finally:
        await raw.close()
    took_sorted = sorted(took)
    return {
        "events": len(sent) * rounds,
        "batches": batches,
        "visitors": len(visitors) * rounds,
        "asked": _ASKED,
        "events_found": found,
        "cores": os.cpu_count(),
        "first_ms": round(took[0], 1),
        "half_ms": round(median(took), 1),
        "p95_ms": round(took_sorted[int(0.95 * _ASKED)], 1),
        "longest_ms": round(took_sorted[-1], 1),
    }


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    batch = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    with tempfile.TemporaryDirectory(prefix="gooddata-one-visitor-") as folder:
        postgres = EmbeddedPostgres(Path(folder) / "postgres")
        postgres.start()
        try:
            print(msgspec.json.encode(asyncio.run(measure(postgres, events, batch))).decode())
        finally:
            postgres.stop()


if __name__ == "__main__":
    main()
