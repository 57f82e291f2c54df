"""Makes the days and copies them into analytics, one after the other: while one is copied the next is made."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np

from bench.query_data import rows
from bench.query_data.blocks import hours_of_day, write_blocks
from bench.query_data.counts import cells, dimensions, sketches
from bench.query_data.day import EVENT, SESSION, Days
from bench.query_data.mix import GOALS
from bench.query_data.rows import Copied, Encoder
from bench.query_data.visits import plan
from gooddata.errors import InputError
from gooddata.intelligence.moments import DAY_MS
from gooddata.persistence.projects import create_project

PROJECT = "bench"
_IN_USE = "SELECT EXISTS (SELECT FROM control.project WHERE project_id = $1)"
_MAKE_ROOM = "SELECT analytics.make_room($1, $2)"
# A crash during the filling leaves nothing that anybody needs.
_SETTINGS = "SET synchronous_commit = off"


class Filled(msgspec.Struct):
    """What there is now, and what it took."""

    project: str
    write_key: str
    read_key: str
    events: int = 0
    sessions: int = 0
    visitors: int = 0
    cells: int = 0
    days: int = 0
    until: str = ""
    seconds: float = 0.0
    generating_seconds: float = 0.0


async def fill(
    connection: Any, *, events: int, days: int, seed: int, until: datetime, tell: Callable[[str], None] = lambda _: None
) -> Filled:
    """Makes project `bench` and about `events` events of the `days` before `until` (midnight, UTC).

    `connection` is an owner's, of a migrated analytics database. Raises InputError where the project is there already.
    """
    if await connection.fetchval(_IN_USE, PROJECT):
        raise InputError(f"this database has a project {PROJECT!r} already; use an empty one", "dsn")
    started = time.perf_counter()
    await connection.execute(_SETTINGS)
    made = await create_project(connection, PROJECT, goals=GOALS)
    filled = Filled(PROJECT, made.write_key, made.read_key, days=days, until=until.isoformat())
    first_day = round(until.timestamp() * 1_000) // DAY_MS - days
    maker = _Maker(seed, events, days, first_day)
    await connection.execute(
        _MAKE_ROOM,
        datetime.fromtimestamp((first_day - 1) * 86_400, UTC),
        datetime.fromtimestamp((first_day + days) * 86_400, UTC),
    )
    ready = await asyncio.to_thread(maker.make, 0)
    for number in range(days + 1):
        coming = asyncio.create_task(asyncio.to_thread(maker.make, number + 1)) if number < days else None
        async with connection.transaction():
            for copied in ready:
                await connection.copy_to_table(
                    copied.table,
                    schema_name="analytics",
                    columns=copied.columns,
                    source=_stream(copied.chunks),
                    format="binary",
                )
        await write_blocks(connection, PROJECT, hours_of_day((first_day + number) * DAY_MS // 1_000))
        took = time.perf_counter() - started
        tell(f"day {min(number + 1, days)} of {days}: {maker.events:,} events made, {took:,.0f} s")
        if coming:
            ready = await coming
    filled.events, filled.sessions, filled.cells = maker.events, maker.sessions, maker.cells
    filled.visitors = int(maker.came.sum())
    filled.seconds, filled.generating_seconds = round(time.perf_counter() - started, 1), round(maker.seconds, 1)
    return filled


async def _stream(chunks: list[bytes]) -> AsyncIterator[bytes]:
    yield rows.HEADER
    for chunk in chunks:
        yield chunk
    yield rows.TRAILER


class _Maker:
    """Makes what is stored of one day after the other; events after midnight are the next day's."""

    def __init__(self, seed: int, events: int, days: int, first_day: int) -> None:
        # Day 0 of 1970 was a Thursday.
        visits = plan(seed, events, days, (first_day + 3) % 7)
        self._days, self._number, self._first_day = Days(PROJECT, seed, visits, first_day), days, first_day
        self._encoder, self._heads = Encoder(PROJECT, seed, visits.ids), visits.heads
        self._late = np.zeros(0, EVENT)
        self.came = np.zeros(len(visits.ids), bool)
        self.events = self.sessions = self.cells = 0
        self.seconds = 0.0

    def make(self, number: int) -> list[Copied]:
        """What to copy of day `number`; that after the last one is what remains of it."""
        started = time.perf_counter()
        start = (self._first_day + number) * DAY_MS
        events, sessions = self._late, np.zeros(0, SESSION)
        if number < self._number:
            day = self._days.make(number)
            events, sessions = (
                np.concatenate([events, day.events]),
                day.sessions[np.argsort(day.sessions["started_at"])],
            )
        today = events["at"] < start + DAY_MS
        events, self._late = events[today], events[~today]
        events = events[np.argsort(events["at"], kind="stable")]
        copied = [
            Copied("event", rows.EVENT_COLUMNS, list(self._encoder.events(events))),
            Copied("session", rows.SESSION_COLUMNS, list(self._encoder.sessions(sessions))),
        ]
        if len(events):
            copied += self._counted(start, events, sessions)
        self.events += len(events)
        self.sessions += len(sessions)
        self.came[events["visitor"]] = True
        self.seconds += time.perf_counter() - started
        return copied

    def _counted(self, start: int, events: np.ndarray, sessions: np.ndarray) -> list[Copied]:
        minutes, hours, whole = (list[bytes]() for _ in range(3))
        for dimension in dimensions(events, sessions):
            made = cells(dimension, start, events, sessions)
            self.cells += len(made.minute)
            minutes += self._encoder.cells(dimension, start, made)
            by_hour, by_day = sketches(dimension, start, events, self._heads)
            hours += self._encoder.sketches(dimension, start, by_hour)
            whole += self._encoder.sketches(dimension, start, by_day)

        def named(moment: str) -> list[str]:
            return [column.format(moment=moment) for column in rows.SKETCH_COLUMNS]

        return [
            Copied("rollup_minute", rows.CELL_COLUMNS, minutes),
            Copied("unique_hour", named("hour"), hours),
            Copied("unique_day", named("day"), whole),
        ]
