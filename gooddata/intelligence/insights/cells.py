"""What insights are found in: counts of hours, and tables of sessions."""

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
    cells: dict[Cell, np.ndarray] = {}
    first = end
    for row in await connection.fetch(_CELLS, project, start, end, VALUES):
        cell = cells.setdefault((row["dimension"], row["value"]), np.zeros((HOURS, COLUMNS)))
        cell[(row["hour"] - start) // HOUR_MS, :CONVERTED] = row[3:]
        first = min(first, row["hour"])
    for row in await connection.fetch(_CONVERTED, project, start, end):
        if (row["dimension"], row["value"]) in cells:
            place = (row["hour"] - start) // HOUR_MS
            cells[row["dimension"], row["value"]][place, CONVERTED] = row["converted"]
    rows = await connection.fetch(_TRAITS, project, end - 28 * DAY_MS, end, SESSIONS_OF_TRAITS, list(TRAITS))
    traits = [Group(row["kind"], row["value"], row["sessions"], row["converted"]) for row in rows]
    rows = await connection.fetch(_STRUGGLES, project, end - 7 * DAY_MS, end, list(STRUGGLES))
    struggles = [Group("page", row["value"], row["sessions"], row["struggled"]) for row in rows]
    return Material(end, (end - first + HOUR_MS) // DAY_MS, cells, traits, struggles)
