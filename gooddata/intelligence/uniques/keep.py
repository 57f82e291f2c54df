"""Keeps unique visitors counted, beside the rounds of a worker."""

import asyncio
import logging
from typing import Any

import asyncpg

from gooddata.errors import ConfigurationError
from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.uniques.recount import READY, Ready, count_day
from gooddata.persistence.pool import open_connection
from gooddata.sql import statement

ROLE = "gooddata_worker"
LOOK_SECONDS = 10.0
DAYS_A_LOOK = 10
# Counting may take this share of the time, so that an import, which makes many hours due, leaves most of it to rounds.
_SHARE = 0.25

_READY_DAYS = statement(__package__, "ready_days")
# An hour of many events is grouped in memory; compiling the statement would take longer than it saves. Who is paused in
# the midst of it does not keep others from counting.
SETTINGS = (
    "SET work_mem = '64MB'; SET jit = off; SET statement_timeout = '10min';"
    " SET idle_in_transaction_session_timeout = '30s'"
)
_PASSING = (
    *UNAVAILABLE,
    asyncpg.TransactionRollbackError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    ConfigurationError,
)

logger = logging.getLogger(__name__)


async def keep_counted(analytics_dsn: str, look_seconds: float = LOOK_SECONDS, ready: Ready = READY) -> None:
    """Counts hours soon after they have ended, and again when something late has changed them; however many workers do
    this, one counts at a time. Until cancelled, through restarts of the database."""
    while True:
        await asyncio.sleep(look_seconds)
        try:
            connection = await open_connection(analytics_dsn, ROLE)
            try:
                await connection.execute(SETTINGS)
                await use_milliseconds(connection)
                while True:
                    await count_ready(connection, ready)
                    await asyncio.sleep(look_seconds)
            finally:
                connection.terminate()
        except _PASSING as failure:
            logger.warning("visitors cannot be counted now (%s: %s); trying again", type(failure).__name__, failure)


async def count_ready(connection: Any, ready: Ready = READY, share: float = _SHARE) -> int:
    """Counts what is ready, some days of it; how many hours. Takes no more than a share of the time."""
    clock = asyncio.get_running_loop().time
    counted = 0
    rows = await connection.fetch(_READY_DAYS, ready.ended, ready.quiet, ready.longest, DAYS_A_LOOK)
    for row in rows:
        started = clock()
        counted += await count_day(connection, row["project_id"], row["day"], ready)
        await asyncio.sleep((clock() - started) * (1 / share - 1))
    return counted
