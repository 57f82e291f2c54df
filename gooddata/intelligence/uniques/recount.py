"""Counts the unique visitors of hours that are due, and of their day, and writes the hours' blocks, in one transaction.

Why an hour that is not due has the sketches of its events, in whatever snapshot somebody reads:

* A transaction that changes facts of an hour (a round, a rebuild, an erasure) also adds 1 to the hour's marks, or makes
  the hour due. Facts and mark are committed together.
* Only this module makes an hour not due. Who counts holds a lock that others who change sketches wait for, reads the
  marks, and then the facts in a later statement (the isolation level is READ COMMITTED: each statement sees what was
  committed when it began). So the facts are at least those that were committed with the marks.
* At the end the hour is no longer due if its marks are still the same and nobody holds its row. Whoever has changed the
  hour since the marks were read has committed more marks, or holds the row and will. Whoever has written facts and not
  marked the hour yet makes it due anew after this transaction; for which it waits no longer than a commit takes, since
  that is the last statement here. No round waits for the counting itself, and the counting for no round.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec

from gooddata.intelligence.blocks.keep import put_block, remove_block
from gooddata.intelligence.moments import HOUR_MS
from gooddata.intelligence.sessions.rollup import DIMENSIONS
from gooddata.sketch import HEAD_BYTES, Visitors, count_of, heads
from gooddata.sql import statement

_TRY = "SELECT pg_try_advisory_xact_lock(7013046015)"
_WAIT = "SELECT pg_advisory_xact_lock(7013046015)"
_READY = statement(__package__, "ready_hours")
_CELLS = statement(__package__, "hour_cells")
_HOURS = statement(__package__, "hours_of_day")
_DONE = statement(__package__, "done")
_CLOSED = "SELECT coalesce(bool_or(before > $2), false) FROM analytics.unique_closed WHERE project_id IN ($1, '')"
_FORMER = (
    "SELECT dimension, value, sketch FROM analytics.unique_hour "
    "WHERE project_id = $1 AND dimension = ANY ($3::text[]) AND hour = $2"
)
_REMOVE_HOUR = "DELETE FROM analytics.unique_hour WHERE project_id = $1 AND dimension = ANY ($3::text[]) AND hour = $2"
_REMOVE_DAY = "DELETE FROM analytics.unique_day WHERE project_id = $1 AND dimension = ANY ($3::text[]) AND day = $2"

# Rows of cells fetched at a time; each has eight bytes for every visitor.
_AHEAD = 10
# Of visitors hashed, and sketches merged, before others of this process have a turn: some 0.7 ms of work.
_VISITORS_A_TURN = 5_000
_SKETCHES_A_TURN = 25
_STORED_AT_ONCE = 4_000_000  # bytes of sketches

Cell = tuple[str, str]  # dimension, value


class Ready(msgspec.Struct, frozen=True):
    """Hours are counted when they ended `ended` ago and longer, and have not changed for `quiet`, or not been counted
    for `longest` although they were due."""

    ended: timedelta = timedelta(minutes=2)
    quiet: timedelta = timedelta(seconds=15)
    longest: timedelta = timedelta(minutes=10)


READY = Ready()


async def lock_sketches(connection: Any) -> None:
    """Until its transaction ends, nobody else changes sketches; take it before any other lock."""
    await connection.execute(_WAIT)


async def count_day(connection: Any, project: str, day: int, ready: Ready = READY) -> int:
    """Counts those hours of a day (epoch ms) that are ready, and the day; how many hours. 0 while somebody else counts.

    The connection wears the worker's role, its times are milliseconds.
    """
    async with connection.transaction():
        if not await connection.fetchval(_TRY):
            return 0
        due = await connection.fetch(_READY, project, day, ready.ended, ready.quiet, ready.longest)
        for row in due:
            await _count_hour(connection, project, row["hour"])
        if due:
            await merge_day(connection, project, day)
            await connection.execute(_DONE, project, [row["hour"] for row in due], [row["marks"] for row in due])
        return len(due)


async def _count_hour(connection: Any, project: str, hour: int) -> None:
    cells = _cells(connection, project, hour)
    if not await connection.fetchval(_CLOSED, project, hour):
        await put_block(connection, project, hour // 1_000)
    else:
        await remove_block(connection, project, hour // 1_000)
        former = {
            (row["dimension"], row["value"]): row["sketch"]
            for row in await connection.fetch(_FORMER, project, hour, list(DIMENSIONS))
        }
        cells = _added_to(former, cells)
    await connection.execute(_REMOVE_HOUR, project, hour, list(DIMENSIONS))
    await _store(connection, "unique_hour", "hour", project, hour, cells)


async def merge_day(connection: Any, project: str, day: int) -> None:
    """Makes the day's sketches what those of its hours give together, within the transaction of `connection`."""
    await connection.execute(_REMOVE_DAY, project, day, list(DIMENSIONS))
    await _store(connection, "unique_day", "day", project, day, _merged(connection, project, day))


async def _cells(connection: Any, project: str, hour: int) -> AsyncIterator[tuple[Cell, bytes]]:
    """The sketch of each cell of an hour."""
    cell: Cell | None = None
    visitors = Visitors()
    turn = 0
    async for row in connection.cursor(_CELLS, project, hour, prefetch=_AHEAD):
        if cell != (row["dimension"], row["value"]):
            if cell is not None:
                yield cell, visitors.sketch()
            cell, visitors = (row["dimension"], row["value"]), Visitors()
        for start in range(0, len(row["visitors"]), _VISITORS_A_TURN * HEAD_BYTES):
            some = row["visitors"][start : start + _VISITORS_A_TURN * HEAD_BYTES]
            visitors.add(heads(some))
            turn += len(some) // HEAD_BYTES
            if turn >= _VISITORS_A_TURN:
                turn = 0
                await asyncio.sleep(0)
    if cell is not None:
        yield cell, visitors.sketch()


async def _added_to(
    former: dict[Cell, bytes], cells: AsyncIterator[tuple[Cell, bytes]]
) -> AsyncIterator[tuple[Cell, bytes]]:
    """Former sketches with what is in the cells as well."""
    async for cell, sketch in cells:
        if (before := former.pop(cell, None)) is None:
            yield cell, sketch
            continue
        both = Visitors()
        both.add_sketch(before)
        both.add_sketch(sketch)
        yield cell, both.sketch()
    for cell, sketch in former.items():
        yield cell, sketch


async def _merged(connection: Any, project: str, day: int) -> AsyncIterator[tuple[Cell, bytes]]:
    cell: Cell | None = None
    parts: list[bytes] = []
    turn = 0
    async for row in connection.cursor(_HOURS, project, day, list(DIMENSIONS), prefetch=10 * _AHEAD):
        if cell != (row["dimension"], row["value"]):
            if cell is not None:
                yield cell, _merge(parts)
            cell, parts = (row["dimension"], row["value"]), []
        parts.append(row["sketch"])
        turn += 1
        if turn % _SKETCHES_A_TURN == 0:
            await asyncio.sleep(0)
    if cell is not None:
        yield cell, _merge(parts)


def _merge(sketches: list[bytes]) -> bytes:
    if len(sketches) == 1:
        return sketches[0]
    visitors = Visitors()
    for sketch in sketches:
        visitors.add_sketch(sketch)
    return visitors.sketch()


async def _store(
    connection: Any, table: str, moment: str, project: str, at: int, cells: AsyncIterator[tuple[Cell, bytes]]
) -> None:
    columns = ("project_id", moment, "dimension", "value", "visitors", "sketch")
    rows: list[tuple[Any, ...]] = []
    size = 0

    async def put() -> None:
        await connection.copy_records_to_table(table, schema_name="analytics", columns=columns, records=rows)

    async for (dimension, value), sketch in cells:
        rows.append((project, at, dimension, value, count_of(sketch), sketch))
        size += len(sketch)
        if size >= _STORED_AT_ONCE:
            await put()
            rows, size = [], 0
    if rows:
        await put()


def day_of(hour: int) -> int:
    """The start (epoch ms) of the UTC day of an hour that is counted from 1970."""
    return hour // 24 * 24 * HOUR_MS
