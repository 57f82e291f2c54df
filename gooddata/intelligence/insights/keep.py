"""The standing job: a project's insights, found anew and kept."""

import asyncio
import time
from typing import Any

import msgspec

from gooddata.intelligence.insights.cells import read
from gooddata.intelligence.insights.find import Found, find
from gooddata.intelligence.jobs import Job
from gooddata.intelligence.moments import DAY_MS
from gooddata.sql import statement

_SECONDS = 600.0
# How long an insight counts that is not seen again, and is kept.
COUNTS_MS, KEPT_MS = DAY_MS, 90 * DAY_MS

_PUT, _PUT_RUN = statement(__package__, "put"), statement(__package__, "put_run")
_FORGET = "DELETE FROM analytics.insight WHERE project_id = $1 AND last_seen < $2"


async def keep_insights(connection: Any, project: str) -> None:
    """Finds and stores, in one transaction, what can be said of the project now."""
    await keep_as_of(connection, project, time.time_ns() // 1_000_000)


async def keep_as_of(connection: Any, project: str, now: int) -> Found:
    """As of `now`, epoch ms."""
    material = await read(connection, project, now)
    found = await asyncio.to_thread(find, material)
    async with connection.transaction():
        for each in found.insights:
            numbers, whom = (msgspec.json.encode(part).decode() for part in (each.numbers, each.for_whom))
            await connection.execute(
                _PUT, project, each.key, each.kind, each.sentence, numbers, whom, each.since, now, now + COUNTS_MS,
                each.rank,
            )  # fmt: skip
        await connection.execute(_PUT_RUN, project, now, found.tested, found.reason)
        await connection.execute(_FORGET, project, now - KEPT_MS)
    return found


INSIGHTS = Job("insights", _SECONDS, keep_insights)
