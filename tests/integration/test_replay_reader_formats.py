"""Real logs, replayed into a real ingestion API, and what is then in the raw database."""

import asyncio
import lzma
from collections import Counter
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from gooddata.persistence.operator import operating
from gooddata.persistence.projects import Project, create_project
from gooddata.persistence.raw_events import Wanted, all_events
from gooddata.replay import Report, Source, replay

# Rows, and how many of them an awk script of its own called page views.
LOGS = {
    "retailrocket/events_20150910_15.csv.xz": ("retailrocket", 38_712, {"page": 36_100, "track": 2_612}),
    "logs/apache_combined.log.xz": ("combined", 10_000, {"page": 3_770, "track": 6_230}),
    "logs/nasa_19950801.tsv.xz": ("combined", 30_969, {"page": 8_629, "track": 22_340}),
}


async def replayed(path: Path, format: str, server: Any, key: str, **options: Any) -> Report:
    with Source(str(path), format) as source:
        return await replay(source, url=server.url, key=key, **options)


def head(path: Path, lines: int, copy: Path) -> Path:
    with lzma.open(path, "rt") as original:
        copy.write_text("".join(islice(original, lines)))
    return copy


async def new_project(databases: Any) -> Project:
    connection = await asyncpg.connect(databases.analytics_dsn)
    try:
        return await create_project(connection, "Another shop")
    finally:
        await connection.close()


async def ledger(server: Any, key: str) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as http:
        return (await http.get("/api/ledger", headers={"Authorization": f"Bearer {key}"})).json()


async def stored(dsn: str, project: str) -> list[dict[str, Any]]:
    async with operating(dsn) as connection:
        return [msgspec.to_builtins(row) async for row in all_events(connection, Wanted(project=project))]


@pytest.mark.parametrize("name", LOGS)
async def test_every_line_of_a_real_log_is_stored_once_and_a_second_time_is_a_duplicate(
    name: str, shared_data: Path, shared: Any, server: Any, shop: Any
) -> None:
    format, rows, kinds = LOGS[name]
    first = await replayed(shared_data / name, format, server, shop.read_key)
    again = await replayed(shared_data / name, format, server, shop.read_key, shift="now")
    assert (first.rows, first.accepted, first.malformed) == (rows, rows, 0)
    assert (again.duplicate, again.accepted) == (rows, 0)
    counted = await ledger(server, shop.read_key)
    assert (counted["received"], counted["stored"], counted["duplicate"]) == (2 * rows, rows, rows)
    events = await stored(shared.raw_dsn, shop.project)
    assert len({event["id"] for event in events}) == len(events) == rows
    assert Counter(event["type"] for event in events) == kinds
    assert first.first and min(event["timestamp"] for event in events)[:19] == first.first.isoformat()[:19]


async def test_an_export_comes_back_under_the_same_ids(
    shared_data: Path, shared: Any, server: Any, shop: Any, tmp_path: Path
) -> None:
    log = head(shared_data / "logs/apache_combined.log.xz", 2_000, tmp_path / "head.log")
    await replayed(log, "combined", server, shop.read_key)
    exported = await stored(shared.raw_dsn, shop.project)
    export = tmp_path / "export.ndjson"
    export.write_bytes(b"\n".join(map(msgspec.json.encode, exported)))

    same = await replayed(export, "ndjson", server, shop.read_key)
    assert (same.accepted, same.duplicate) == (0, 2_000)

    elsewhere = await new_project(shared)
    other = await replayed(export, "ndjson", server, elsewhere.read_key)
    assert (other.accepted, other.duplicate) == (2_000, 0)
    theirs = {"project_id", "received_at", "batch_id"}
    copies = [without(event, theirs) for event in await stored(shared.raw_dsn, elsewhere.project)]
    originals = [without(event, theirs) for event in exported]
    assert sorted(copies, key=itemgetter("id")) == sorted(originals, key=itemgetter("id"))


async def test_a_server_killed_during_a_replay_costs_and_doubles_nothing(
    shared_data: Path, databases: Any, processes: Any
) -> None:
    project = await new_project(databases)
    server = await processes.serve()
    log = shared_data / "retailrocket/events_20150910_15.csv.xz"
    running = asyncio.create_task(replayed(log, "retailrocket", server, project.read_key, batch_size=100))
    for _ in range(2):
        await asyncio.sleep(0.4)
        server.process.kill()
        server.process.wait()
        server = await processes.serve(port=server.port)
    report = await running
    assert report.stopped is None
    assert report.accepted + report.duplicate == report.rows == 38_712
    events = await stored(databases.raw_dsn, project.project)
    assert len(events) == len({event["id"] for event in events}) == 38_712


def without(event: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in names}
