"""The standing job: what came of scores that were told, and whether sessions have changed since models learned."""

import time
from typing import Any

from gooddata.intelligence.jobs import Job
from gooddata.intelligence.quality.drift import look_for_drift
from gooddata.intelligence.quality.realised import judge_told, settle

_SECONDS = 300.0


async def keep_quality(connection: Any, project: str) -> None:
    """On a connection whose times are milliseconds."""
    await keep_as_of(connection, project, time.time_ns() // 1_000_000)


async def keep_as_of(connection: Any, project: str, now: int) -> None:
    """As of `now`, epoch ms."""
    if await settle(connection, project):
        await judge_told(connection, project, now)
    await look_for_drift(connection, project, now)


QUALITY = Job("quality", _SECONDS, keep_quality)
