"""What insights are found in: counts of hours, and tables of sessions."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np

from gooddata.intelligence.moments import DAY_MS, HOUR_MS
from gooddata.intelligence.sessions.rollup import (
    BOUNCES,
    CONVERSIONS,
    ENGAGED,
    EVENTS,
    PAGEVIEWS,
    REVENUE,
    SESSIONS,
)
from gooddata.sql import statement

DAYS = 35
HOURS = DAYS * 24
VALUES = 12
SESSIONS_OF_TRAITS = 20_000
CONVERTED = ENGAGED + 1
COLUMNS = CONVERTED + 1
ERROR = "$error"
STRUGGLES = ("$rage_click", "$dead_click", "$error", "$form_abandon", "$cursor_thrash")
TRAITS = ("$error", "$rage_click", "$dead_click", "$search", "Products Searched", "Product Added", "Coupon Entered")

COUNTS = {
    "sessions": SESSIONS,
    "pageviews": PAGEVIEWS,
    "events": EVENTS,
    "conversions": CONVERSIONS,
    "revenue": REVENUE,
    "errors": EVENTS,
}
RATES = {"bounce_rate": BOUNCES, "conversion_rate": CONVERTED}
MEANS = {"engaged_ms": ENGAGED}

Cell = tuple[str, str]  # dimension and value

_CELLS, _CONVERTED, _TRAITS, _STRUGGLES = (
    statement(__package__, name) for name in ("cells", "converted", "traits", "struggles")
)


class Group(msgspec.Struct, frozen=True):
    """Sessions that have something in common (`kind` and `value`; '' is all), and how many of them had the outcome."""

    kind: str
    value: str
    sessions: int
    hits: int


class Material(msgspec.Struct, frozen=True):
    """What is known up to `end` (epoch ms, a whole hour), of the last `days`, at most 35.

    `cells` hold arrays (840, 8): counts of hours up to `end`, in the order of a rollup, then sessions with a goal.
    """

    end: int
    days: int
    cells: dict[Cell, np.ndarray]
    traits: list[Group] = []
    struggles: list[Group] = []

    def daily(self, cell: Cell) -> np.ndarray:
        """(35, 8): of the days of 24 hours that end with `end`."""
        return self.cells[cell].reshape(DAYS, 24, COLUMNS).sum(axis=1)


async def read(connection: Any, project: str, now: int) -> Material:
    """The project's counts as of `now`; the connection speaks milliseconds."""
    end = now - now % HOUR_MS
    start = end - HOURS * HOUR_MS
    counts = await connection.fetch(_CELLS, project, start, end, VALUES)
    cells, days = cells_of(counts, await connection.fetch(_CONVERTED, project, start, end), end)
    rows = await connection.fetch(_TRAITS, project, end - 28 * DAY_MS, end, SESSIONS_OF_TRAITS, list(TRAITS))
    traits = [Group(row["kind"], row["value"], row["sessions"], row["converted"]) for row in rows]
    rows = await connection.fetch(_STRUGGLES, project, end - 7 * DAY_MS, end, list(STRUGGLES))
    struggles = [Group("page", row["value"], row["sessions"], row["struggled"]) for row in rows]
    return Material(end, days, cells, traits, struggles)


def cells_of(
    counts: Iterable[Sequence[Any]], converted: Iterable[Sequence[Any]], end: int
) -> tuple[dict[Cell, np.ndarray], int]:
    """Cells of the hours before `end` (epoch ms), and how many days back they reach.

    Rows are of a dimension, a value and an hour (its start, epoch ms): the counts of a rollup, or the sessions with a
    goal. Those of other hours are left out.
    """
    start = end - HOURS * HOUR_MS
    cells: dict[Cell, np.ndarray] = {}
    first = end
    for dimension, value, hour, *row in counts:
        if start <= hour < end:
            cell = cells.setdefault((dimension, value), np.zeros((HOURS, COLUMNS)))
            cell[(hour - start) // HOUR_MS, :CONVERTED] = row
            first = min(first, hour)
    for dimension, value, hour, sessions in converted:
        if start <= hour < end and (dimension, value) in cells:
            cells[dimension, value][(hour - start) // HOUR_MS, CONVERTED] = sessions
    return cells, (end - first + HOUR_MS) // DAY_MS
