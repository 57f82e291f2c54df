"""Keeps models trained while sessions come in."""

import asyncio
import logging
from typing import Any

import asyncpg
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from gooddata.errors import ClusterUnavailable
from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.intelligence.background import idle_threads, make_way
from gooddata.intelligence.fitting import ROLE, Order
from gooddata.intelligence.job_numbers import JobNumbers
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.scoring.tasks import CONVERSION
from gooddata.intelligence.training.apart import DEFAULT_MEMORY_MB
from gooddata.intelligence.training.fit import CONVERSIONS_NEEDED, SESSIONS_NEEDED
from gooddata.intelligence.training.store import FAILED
from gooddata.intelligence.training.train import train_some
from gooddata.persistence.pool import open_pool
from gooddata.sql import statement

LOOK_SECONDS = 5.0
GROWTH = 1.25
# Looking counts the sessions: it may take this share of the time, however many there are.
_LOOKING_SHARE = 0.02

_DUE = statement(__package__, "due")
_PASSING = (*UNAVAILABLE, asyncpg.TransactionRollbackError, ClusterUnavailable)

logger = logging.getLogger(__name__)


async def keep_trained(
    analytics_dsn: str,
    memory_mb: int = DEFAULT_MEMORY_MB,
    scheduler: str | None = None,
    numbers: JobNumbers | None = None,
) -> None:
    """Trains each project when it has enough data and no model, when its sessions have grown by a quarter, when they
    are no longer like those learned from, and when somebody was erased from whom its models may have learned. One that
    fails is tried again after a while. `scheduler` as in `train_all`.

    Runs until cancelled, through restarts of the database, in a process of its own, whose priority it lowers; what is
    worked out in threads there, it leaves to cores that nothing else wants.
    """
    make_way()
    asyncio.get_running_loop().set_default_executor(idle_threads())
    threadpool_limits(1)
    while True:
        try:
            await _keep_trained(analytics_dsn, memory_mb, scheduler, numbers)
        except _PASSING as failure:
            logger.warning("models cannot be trained now (%s: %s); trying again", type(failure).__name__, failure)
            await asyncio.sleep(LOOK_SECONDS)


async def _keep_trained(
    analytics_dsn: str,
    memory_mb: int = DEFAULT_MEMORY_MB,
    scheduler: str | None = None,
    numbers: JobNumbers | None = None,
) -> None:
    numbers = numbers or JobNumbers()
    clock = asyncio.get_running_loop().time
    pool = await open_pool(analytics_dsn, ROLE, size=1)
    try:
        async with pool.acquire() as connection:
            await use_milliseconds(connection)
            while True:
                started = clock()
                rows = await connection.fetch(_DUE, CONVERSION.name)
                looking = clock() - started
                orders = [Order(analytics_dsn, row["project_id"], memory_mb) for row in rows if is_due(row)]
                # What a cluster trains, it trains at the same time.
                for together in [orders] if scheduler and orders else [[order] for order in orders]:
                    began = clock()
                    reports = await train_some(connection, together, scheduler)
                    numbers.trained(clock() - began, any((each.reason or "").startswith(FAILED) for each in reports))
                await asyncio.sleep(max(LOOK_SECONDS, looking / _LOOKING_SHARE))
    finally:
        pool.terminate()


def is_due(row: Any) -> bool:
    """Whether a project is to be trained, by a row of due.sql."""
    if row["waits"]:
        return False
    if row["erased"] or row["failed"] or row["drifted"]:
        return True
    if not row["trained"]:
        return row["sessions"] > 0
    if row["sessions"] >= SESSIONS_NEEDED > row["sessions_then"]:
        return True  # enough for what does not ask for conversions
    if _is_enough(row["sessions"], row["conversions"]) and not _is_enough(
        row["sessions_then"], row["conversions_then"]
    ):
        return True
    return row["sessions"] >= GROWTH * max(row["sessions_then"], 1)


def _is_enough(sessions: int, conversions: int) -> bool:
    return sessions >= SESSIONS_NEEDED and conversions >= CONVERSIONS_NEEDED
