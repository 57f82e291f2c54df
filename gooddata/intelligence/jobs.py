"""Work that is done every so often for every project, beside the rounds: anomalies, segments, insights and the like.

It runs in a process of low priority, in any number of them: a job of a project is done by one at a time.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
import msgspec

from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.intelligence.job_numbers import JobNumbers
from gooddata.intelligence.moments import use_milliseconds
from gooddata.persistence.pool import open_pool

ROLE = "gooddata_worker"
RETRY_SECONDS = 5.0
MOST_SHARE = 0.2  # of the time that a job may be at work: what takes long, comes less often

_PROJECTS = "SELECT project_id FROM control.project ORDER BY project_id"
_TAKE = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"
_GIVE_BACK = "SELECT pg_advisory_unlock(hashtextextended($1, 0))"
_PASSING = (*UNAVAILABLE, asyncpg.TransactionRollbackError)

logger = logging.getLogger(__name__)


class Job(msgspec.Struct, frozen=True):
    """`run(connection, project)` is to be done every `seconds`, less often where it takes long; numbers are worked
    out in a thread, off the loop."""

    name: str
    seconds: float
    run: Callable[[Any, str], Awaitable[None]]


async def keep_done(analytics_dsn: str, jobs: Sequence[Job], numbers: JobNumbers | None = None) -> None:
    """Does the jobs until cancelled, through restarts of the database. One that fails is logged and tried again."""
    numbers = numbers or JobNumbers()
    await asyncio.gather(*(_keep(analytics_dsn, job, numbers) for job in jobs))


async def _keep(analytics_dsn: str, job: Job, numbers: JobNumbers) -> None:
    while True:
        wait, began = job.seconds, time.monotonic()
        try:
            await do_once(analytics_dsn, job, numbers)
        except _PASSING as failure:
            logger.warning("%s cannot be done now (%s: %s)", job.name, type(failure).__name__, failure)
            wait = RETRY_SECONDS
        await asyncio.sleep(max(wait, (time.monotonic() - began) / MOST_SHARE))


async def do_once(analytics_dsn: str, job: Job, numbers: JobNumbers | None = None) -> None:
    """The job for each project, but for those for which another process is at it."""
    numbers = numbers or JobNumbers()
    pool = await open_pool(analytics_dsn, ROLE, size=1)
    try:
        async with pool.acquire() as connection:
            await use_milliseconds(connection)
            for row in await connection.fetch(_PROJECTS):
                await _do(connection, job, row["project_id"], numbers)
    finally:
        pool.terminate()


async def _do(connection: Any, job: Job, project: str, numbers: JobNumbers) -> None:
    turn = f"{job.name} {project}"
    if not await connection.fetchval(_TAKE, turn):
        return
    began, failed = time.monotonic(), True
    try:
        await job.run(connection, project)
        failed = False
    except _PASSING:
        raise
    except Exception:
        # A project whose data a job stumbles over must not stop it for all others.
        logger.exception("%s failed for project %s", job.name, project)
    finally:
        numbers.ran(job.name, time.monotonic() - began, failed)
        if not connection.is_closed():
            await connection.execute(_GIVE_BACK, turn)
