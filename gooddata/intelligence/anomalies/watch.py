"""The standing job: looks at every bucket of a project once it is finished.

Detectors are run anew over the newest days each time there is a new bucket, so that there is no state to lose and late
events are in it; what is kept is up to where it has looked. Anomalies are kept once, however often it runs.
"""

import asyncio
import time
from datetime import timedelta
from typing import Any

import msgspec

from gooddata.intelligence.anomalies.driver import driver
from gooddata.intelligence.anomalies.find import Found, find
from gooddata.intelligence.anomalies.metrics import COUNTS, DIMENSIONS, RATE, series
from gooddata.intelligence.jobs import Job
from gooddata.intelligence.moments import DAY_MS
from gooddata.intelligence.results.columns import columns
from gooddata.sql import statement

EVERY_SECONDS = 15.0
LATE_MS = 120_000  # a bucket is finished that long after its end
LOOK_BACK_MS = DAY_MS  # how far back the first run tells
GREATEST = 5

_COUNTS = statement(__package__, "counts")
_SHARES = statement(__package__, "shares")
_KEEP = statement(__package__, "keep")
_ADVANCE = statement(__package__, "advance")
_UNTIL = "SELECT until FROM analytics.anomaly_progress WHERE project_id = $1 AND step = $2"


class Watch(msgspec.Struct, frozen=True):
    """Buckets of a length, over how many days, of everything and of the values of these dimensions; `far`: see find."""

    step_ms: int
    days: int
    dimensions: tuple[str, ...]
    far: float

    @property
    def step(self) -> timedelta:
        return timedelta(milliseconds=self.step_ms)


WATCHES = (Watch(300_000, 7, (), far=7.0), Watch(3_600_000, 28, DIMENSIONS, far=5.0))


async def look(connection: Any, project: str, now: int | None = None) -> None:
    """Looks at what has been finished since it last did, at `now` (epoch ms)."""
    at = now if now is not None else time.time_ns() // 1_000_000
    for watch in WATCHES:
        await _look(connection, project, watch, (at - LATE_MS) // watch.step_ms * watch.step_ms)


async def _look(connection: Any, project: str, watch: Watch, end: int) -> None:
    until = await connection.fetchval(_UNTIL, project, watch.step)
    if until is not None and until >= end:
        return
    start = end - watch.days * DAY_MS
    rows = await connection.fetch(_COUNTS, project, start, end, watch.step, list(watch.dimensions), GREATEST)
    found: list[Found] = []
    if rows:
        first = min(row["bucket"] for row in rows)
        since = until if until is not None else end - LOOK_BACK_MS
        found = await asyncio.to_thread(_found, rows, first, end, watch, since)
        drivers = [await _driver(connection, project, watch, each, first) for each in found]
    async with connection.transaction():
        if found:
            fields = ("metric", "dimension", "value", "bucket", "observed", "low", "high", "score")
            kept = [(*(getattr(each, field) for field in fields), by) for each, by in zip(found, drivers, strict=True)]
            await connection.execute(_KEEP, project, watch.step, *columns(kept))
        await connection.execute(_ADVANCE, project, watch.step, end)


def _found(rows: list[Any], first: int, end: int, watch: Watch, since: int) -> list[Found]:
    watched = series(rows, first, (end - first) // watch.step_ms, watch.step_ms)
    return find(watched, first, watch.step_ms, since, watch.far)


async def _driver(connection: Any, project: str, watch: Watch, found: Found, first: int) -> str | None:
    """The driver of an anomaly of everything, as JSON; what is of one value already has none."""
    measure = "conversions" if found.metric == RATE else found.metric
    if found.dimension or measure not in COUNTS:
        return None
    rows = await connection.fetch(_SHARES, project, found.bucket, watch.step, list(DIMENSIONS), first)
    by = driver(rows, measure)
    return None if by is None else msgspec.json.encode(by).decode()


ANOMALIES = Job("anomalies", EVERY_SECONDS, look)
