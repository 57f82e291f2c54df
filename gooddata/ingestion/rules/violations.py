"""Counts how events differ from tracking plans: in memory, and every few seconds into the raw database.

These counts are for people who mend a plan or a page. They are no part of the ledger: a process that is killed takes
those of its last seconds with it.
"""

import asyncio
import logging
from collections import Counter
from datetime import UTC, date, datetime

import asyncpg

from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.ingestion import limits
from gooddata.ingestion.rules.plan import Violation
from gooddata.persistence.pool import open_connection
from gooddata.sql import statement

OTHERS = "(others)"

_COUNT = statement(__package__, "count_violations")
_WRITE_SECONDS = 2.0

logger = logging.getLogger(__name__)

_Key = tuple[str, date, str, str, str, str]


class Violations:
    """`note` costs a dictionary entry; keep `run()` going as a task."""

    def __init__(self, raw_dsn: str) -> None:
        self._dsn = raw_dsn
        self._counts: Counter[_Key] = Counter()
        self._told_apart: dict[tuple[str, date], set[_Key]] = {}

    def note(self, project: str, violation: Violation, outcome: str) -> None:
        """Counts one; past the number that a project may have told apart in a day, as one of the others."""
        day = datetime.now(UTC).date()
        key = (project, day, violation.event, violation.place, violation.message, outcome)
        seen = self._told_apart.setdefault((project, day), set())
        if key not in seen:
            if len(seen) >= limits.VIOLATIONS:
                key = (project, day, OTHERS, "", "", outcome)
            else:
                seen.add(key)
        self._counts[key] += 1

    async def run(self) -> None:
        """Writes what was noted every few seconds until cancelled, and then once more."""
        try:
            while True:
                await asyncio.sleep(_WRITE_SECONDS)
                await self.write()
        finally:
            await self.write()

    async def write(self) -> None:
        """Adds what was noted to the table; while that is away, keeps it for the next time."""
        if not self._counts:
            return
        counts, self._counts = self._counts, Counter()
        # In the order of the key, so that two processes that add to the same rows never wait in a circle.
        rows = [(*key, events) for key, events in sorted(counts.items())]
        try:
            # A connection for each time, since most projects never need one.
            async with asyncio.timeout(10):
                connection = await open_connection(self._dsn, "gooddata_ingest")
            try:
                await connection.execute(
                    _COUNT, datetime.now(UTC), *(list(column) for column in zip(*rows, strict=True))
                )
            finally:
                await connection.close(timeout=5)
        except (*UNAVAILABLE, asyncpg.PostgresError) as failure:
            logger.warning("violations of tracking plans could not be written (%s); trying again", failure)
            self._counts.update(counts)
        today = datetime.now(UTC).date()
        self._told_apart = {key: seen for key, seen in self._told_apart.items() if key[1] == today}
