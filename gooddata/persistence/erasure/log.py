"""Erases in the event log."""

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from gooddata.event import decode_batch, partition_of, visitor_mark
from gooddata.persistence.erasure.person import Tombstone, Who
from gooddata.persistence.erasure.stored import only, people_in, without
from gooddata.persistence.raw_events import row_of
from gooddata.sql import statement

_ADD = statement(__package__, "add_tombstones")
_MOVE_HEADS = statement(__package__, "move_heads")
_SCAN = statement(__package__, "scan")
_MARKED = statement(__package__, "marked")
_TOMBSTONES = statement(__package__, "tombstones")

_TAKE_TURNS = "SELECT partition FROM raw.partition ORDER BY partition FOR NO KEY UPDATE"
_BATCH = "SELECT body, fingerprints FROM raw.batch WHERE partition = $1 AND seq = $2 FOR UPDATE"
_REWRITE = """UPDATE raw.batch SET body = $3, fingerprints = $4, events = $5, visitors = $6
              WHERE partition = $1 AND seq = $2"""
_SCANNED_AT_ONCE = 64

Place = tuple[int, int]  # partition, seq


async def put_tombstones(connection: Any, project: str, tombstones: Iterable[Tombstone]) -> None:
    """From its return on, nothing that these cover is appended to the log in this database, by whatever node."""
    async with connection.transaction():
        await connection.execute(_TAKE_TURNS)
        await add_tombstones(connection, project, tombstones)
        await connection.execute(_MOVE_HEADS)


async def add_tombstones(connection: Any, project: str, tombstones: Iterable[Tombstone]) -> None:
    """Keeps them, and tells nobody."""
    rows = [(each.kind, each.subject, _moment(each.since), _moment(each.until)) for each in tombstones]
    await connection.execute(_ADD, project, *(list(column) for column in zip(*rows, strict=True)))


async def tombstones_after(connection: Any, number: int) -> list[tuple[int, str, Tombstone]]:
    """The tombstones after a number, with their numbers and projects."""
    rows = await connection.fetch(_TOMBSTONES, number)
    return [(found, project, Tombstone(kind, subject, *span)) for found, project, kind, subject, *span in rows]


async def people(connection: Any, project: str) -> AsyncIterator[tuple[Place, Who, int]]:
    """Whose each event of a project is, in which batch, and when (epoch milliseconds): a look into every body."""
    at: Place = (-1, 0)
    while rows := await connection.fetch(_SCAN, *at, _SCANNED_AT_ONCE):
        for partition, seq, body in rows:
            at = (partition, seq)
            for who, moment in people_in(body, project):
                yield at, who, moment


async def places_of(connection: Any, project: str, visitor: str) -> list[Place]:
    """The batches that may hold events of a visitor."""
    partitions = await connection.fetchval("SELECT count(*) FROM raw.partition")
    rows = await connection.fetch(_MARKED, partition_of(project, visitor, partitions), visitor_mark(project, visitor))
    return [(row["partition"], row["seq"]) for row in rows]


async def erase_from_batches(
    connection: Any, project: str, places: Iterable[Place], is_erased: Callable[[Who, int], bool]
) -> tuple[int, int]:
    """Takes the erased events out of these batches, one transaction each; how many batches and events that were."""
    batches = events = 0
    for place in places:
        async with connection.transaction():
            row = await connection.fetchrow(_BATCH, *place)
            if row is None:
                continue
            rest = without(row["body"], row["fingerprints"], project, is_erased)
            if rest.removed:
                await connection.execute(_REWRITE, *place, rest.body, rest.fingerprints, rest.events, rest.visitors)
                batches += 1
                events += rest.removed
    return batches, events


async def events_in(
    connection: Any, project: str, place: Place, is_theirs: Callable[[Who, int], bool]
) -> list[dict[str, Any]]:
    """The events of a batch that are theirs, with the columns of raw.events."""
    body = await connection.fetchval("SELECT body FROM raw.batch WHERE partition = $1 AND seq = $2", *place)
    return [] if body is None else [row_of(event, *place) for event in decode_batch(only(body, project, is_theirs))]


def _moment(at: int | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at / 1000, UTC)
