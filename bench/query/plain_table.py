"""Makes the plain table out of the product's events."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from gooddata.sql import statement

_HAS = "SELECT to_regclass('plain.event_visitor') IS NOT NULL"  # the last of its indexes
_FILL_DAY = statement(__package__, "plain_fill")


async def has_plain(connection: Any) -> bool:
    return bool(await connection.fetchval(_HAS))


async def fill_plain(connection: Any, since: datetime, until: datetime, tell: Callable[[str], None]) -> None:
    """`connection` is an owner's of an analytics database that holds the days from `since` to `until` (midnights)."""
    started = time.perf_counter()
    await connection.execute("DROP SCHEMA IF EXISTS plain CASCADE")
    await connection.execute(statement(__package__, "plain_table"))
    await connection.execute("SET synchronous_commit = off; SET maintenance_work_mem = '256MB'")
    # A late session's events are of the day after the last.
    days = (until - since).days + 1
    for day in range(days):
        await connection.execute(_FILL_DAY, since + timedelta(days=day))
        tell(f"plain table: day {day + 1} of {days}, {time.perf_counter() - started:,.0f} s")
    for index in statement(__package__, "plain_indexes").split(";"):
        await connection.execute(index)
        tell(f"plain table: an index, {time.perf_counter() - started:,.0f} s")
    await connection.execute("RESET synchronous_commit; RESET maintenance_work_mem")
    await connection.execute("VACUUM (ANALYZE) plain.event")
