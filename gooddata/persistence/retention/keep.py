"""Ends what is past its term, on request and hour by hour."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from gooddata.errors import ConfigurationError
from gooddata.persistence.operator import ROLE, audit, operating
from gooddata.persistence.pool import open_connection
from gooddata.persistence.retention.analytics import RELATIONS, delete_rows, drop_windows
from gooddata.persistence.retention.numbers import RetentionNumbers
from gooddata.persistence.retention.raw import delete_rejected, drop_batches, strike
from gooddata.persistence.retention.terms import Terms, read_terms

EVERY_SECONDS = 3_600.0
# One at a time, wherever it was started.
_LOCK = "SELECT pg_try_advisory_lock(7013046014)"
_POSITIONS = "SELECT partition, seq FROM analytics.cursor"

logger = logging.getLogger(__name__)


class Ended(msgspec.Struct):
    """What went: windows that were dropped, by name, and rows of projects with a term of their own, by kind and
    project (`""` for all)."""

    windows: list[str] = []
    rows: dict[str, dict[str, int]] = {}

    def add(self, kind: str, project: str, rows: int) -> None:
        if rows:
            self.rows.setdefault(kind, {})[project] = rows

    def __bool__(self) -> bool:
        return bool(self.windows or self.rows)


async def end_what_is_due(raw_dsn: str, analytics_dsn: str, now: datetime | None = None) -> Ended | None:
    """Ends what is past its term at the beginning of today (UTC); None while somebody else is at it.

    Raises ConfigurationError when a database does not answer, and asyncpg.LockNotAvailableError while somebody reads
    what is to be dropped.
    """
    today = (now or datetime.now(UTC)).replace(hour=0, minute=0, second=0, microsecond=0)
    async with operating(raw_dsn) as raw:
        analytics = await open_connection(analytics_dsn, ROLE)
        try:
            if not await analytics.fetchval(_LOCK):
                return None
            ended = Ended()
            await _end(raw, analytics, await read_terms(analytics), today, ended)
            if ended:
                await audit(raw, "retention", None, None, ended)
            return ended
        finally:
            await analytics.close()


async def _end(raw: Any, analytics: Any, terms: Terms, today: datetime, ended: Ended) -> None:
    def before(days: int) -> datetime:
        return today - timedelta(days=days)

    # Read before the log: what they have applied by now, they will not ask for again.
    positions = {row["partition"]: row["seq"] for row in await analytics.fetch(_POSITIONS)}
    for kind in RELATIONS:
        if (longest := terms.longest(kind)) is not None:
            ended.windows += await drop_windows(analytics, kind, before(longest))
        for project, days in terms.shorter(kind):
            ended.add(kind, project, await delete_rows(analytics, kind, project, before(days)))
    if (longest := terms.longest("rejected")) is not None:
        ended.add("rejected", "", await delete_rejected(raw, None, before(longest)))
    for project, days in terms.shorter("rejected"):
        ended.add("rejected", project, await delete_rejected(raw, project, before(days)))
    for project, days in terms.shorter("raw"):
        ended.add("raw", project, await strike(raw, project, before(days), positions))
    if (longest := terms.longest("raw")) is not None:
        ended.windows += await drop_batches(raw, before(longest), positions)


async def keep_terms(raw_dsn: str, analytics_dsn: str, numbers: RetentionNumbers | None = None) -> None:
    """Ends what is due, hour by hour, until cancelled, through restarts of the databases."""
    numbers = numbers or RetentionNumbers()
    while True:
        try:
            ended = await end_what_is_due(raw_dsn, analytics_dsn)
            if ended is None:
                numbers.runs.add(("busy",))
            else:
                numbers.ended(ended.rows)
            if ended:
                logger.info("past their terms and gone: %s", ended)
        except asyncpg.LockNotAvailableError:
            numbers.runs.add(("busy",))
            logger.warning("what is past its term is being read; it goes within the next hours")
        except (OSError, ConfigurationError, asyncpg.PostgresError, asyncpg.InterfaceError) as failure:
            numbers.runs.add(("failed",))
            logger.warning("what is past its term could not go (%s); trying again", failure)
        await asyncio.sleep(EVERY_SECONDS)
