"""What does an append cost on PostgreSQL and on NATS JetStream, with one server and with three, synced before the
answer or not; and how fast does a stream come into the raw database, and into the memory of a node that starts?

    python -m bench.eventlog [EVENTS]

Events of simulated shoppers, by one writer that waits for each answer. Prints JSON.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import asyncpg
import msgspec

from bench.contenders import postgres_of
from bench.pipeline import rows_of
from bench.product import cpu_seconds
from gooddata.config import Settings
from gooddata.event import partition_of
from gooddata.eventlog.batch import Append, NewBatch
from gooddata.eventlog.jetstream.address import address_of
from gooddata.eventlog.jetstream.archive import ROLE, Archive
from gooddata.eventlog.jetstream.log import JetStreamLog
from gooddata.eventlog.jetstream.make import make_stream
from gooddata.eventlog.log import EventLog
from gooddata.eventlog.postgres import PostgresLog
from gooddata.persistence.migrate import migrate
from gooddata.persistence.pool import open_connection
from tests.integration.appended import body_of
from tests.integration.nats_servers import NatsServers

_WINDOW = timedelta(hours=24)
_ALONE = 300  # appends of one event each
_SIZES = (1_000, 5_000)  # events of an append to all partitions


def _batches(events: list[Any], partitions: int) -> list[NewBatch]:
    """Of events of one append, a batch per partition."""
    parted: dict[int, list[Any]] = {}
    for at, event, context in events:
        own = event | {"timestamp": at, "shared_context": context}
        parted.setdefault(partition_of("shop", event["visitor"], partitions), []).append(own)
    return [
        NewBatch(each, len(own), random.randbytes(8 * len(own)), [], body_of(own, "shop").encode())
        for each, own in sorted(parted.items())
    ]


def _appends(rows: list[Any], size: int, partitions: int) -> Iterator[list[NewBatch]]:
    for start in range(0, len(rows) - size + 1, size):
        yield _batches(rows[start : start + size], partitions)


async def _measure(log: EventLog, rows: list[Any], pids: list[int]) -> dict[str, Any]:
    heads = await log.heads()
    found: dict[str, Any] = {}
    for size in (1, *_SIZES):
        appends = list(_appends(rows[:_ALONE] if size == 1 else rows, size, log.partitions))
        took, before = [], _cpu(pids)
        for batches in appends:
            started = time.perf_counter()
            heads |= await log.append(Append(datetime.now(UTC), batches, {}), heads)
            took.append(1_000 * (time.perf_counter() - started))
        events = size * len(appends)
        found[f"{size} events"] = {
            "p50_ms": round(median(took), 2),
            "p99_ms": round(quantiles(took, n=100, method="inclusive")[98], 2),
            "events_per_second": round(events / sum(took) * 1_000),
            "server_cpu_us_per_event": round((_cpu(pids) - before) / events * 1e6, 2),
        }
    return found


def _cpu(pids: list[int]) -> float:
    return sum(sum(cpu_seconds(pid).values()) for pid in pids)


@asynccontextmanager
async def _nats(folder: Path, count: int, sync: str, raw_dsn: str, analytics_dsn: str) -> Any:
    servers = await NatsServers(folder, count=count, sync=sync).start()
    try:
        address = address_of(servers.url())
        await make_stream(address, raw_dsn, analytics_dsn, timedelta(0))
        log = await JetStreamLog.open(address)
        yield log, servers.pids
        await log.close()
    finally:
        servers.end()


async def _forget_heads(raw_dsn: str) -> None:
    """No worker is to go through what is there."""
    raw = await asyncpg.connect(raw_dsn)
    await raw.execute("UPDATE raw.partition SET head = 0")
    await raw.close()


async def _archive(log: JetStreamLog, raw_dsn: str, events: int) -> int:
    """Events a second, from the stream to the raw database."""
    raw = await open_connection(raw_dsn, ROLE)
    started = time.perf_counter()
    archive = Archive(log, raw)
    while await archive.move():
        pass
    seconds = time.perf_counter() - started
    await archive.close()
    await raw.close()
    return round(events / seconds)


async def _learn(log: JetStreamLog, events: int) -> int:
    """Identities a second, as a node learns them that starts."""
    known = dict.fromkeys(range(log.partitions), 0)
    learnt, started = 0, time.perf_counter()
    while missed := await log.missed(known, datetime.now(UTC) - _WINDOW):
        for each in missed:
            known[each.partition] = each.seq
            learnt += len(each.fingerprints) // 8
    assert learnt == events
    return round(learnt / (time.perf_counter() - started))


async def run(events: int) -> dict[str, Any]:
    """Measures with about so many events an append size."""
    rows = rows_of(events)
    partitions = Settings().partitions
    report: dict[str, Any] = {"bench": "eventlog", "cores": os.cpu_count(), "partitions": partitions}
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as place, postgres_of(Path(place)) as postgres:
        raw_dsn, analytics_dsn = postgres.dsn("gooddata_raw"), postgres.dsn("gooddata_analytics")
        await migrate(raw_dsn, analytics_dsn, partitions=partitions)
        on_postgres = await PostgresLog.open(raw_dsn, "gooddata_ingest", size=1)
        report["postgres"] = await _measure(on_postgres, rows, [postgres.pid])
        await on_postgres.close()
        stored = _ALONE + sum(len(rows) // size * size for size in _SIZES)
        for name, count, sync in (("synced", 1, "always"), ("not synced", 1, "2m"), ("three, synced", 3, "always")):
            await _forget_heads(raw_dsn)
            async with _nats(Path(place) / name.replace(", ", "-"), count, sync, raw_dsn, analytics_dsn) as (log, pids):
                report[f"jetstream, {name}"] = await _measure(log, rows, pids)
                if name == "synced":
                    report["identities_learnt_per_second"] = await _learn(log, stored)
                    report["archived_events_per_second"] = await _archive(log, raw_dsn, stored)
                    state = (await log.stream._info_if_there() or {})["state"]
                    report["stream_bytes_per_event"] = round(state["bytes"] / stored, 1)
    return report


if __name__ == "__main__":
    print(msgspec.json.format(msgspec.json.encode(asyncio.run(run(int((*sys.argv, 100_000)[1]))))).decode())
