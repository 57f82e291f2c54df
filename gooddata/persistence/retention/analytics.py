"""The end of events, sessions and counts in analytics."""

from datetime import datetime
from typing import Any

from gooddata.persistence.in_columns import ANY_NUMBER_OF_ROWS
from gooddata.sql import statement

# The tables that a kind is kept in, by windows of time, and the column that is their time.
RELATIONS = {
    "events": ("event", "timestamp"),
    "sessions": ("session", "started_at"),
    "counts": ("rollup_minute", "minute"),
}

_HOLDS = "SELECT analytics.holds_before($1, $2)"
_DROP = "SELECT analytics.drop_before($1, $2)"
# What a worker had read before may belong to a window that is gone, or go on with a session that is.
_TAKE_LEASES_BACK = statement("gooddata.persistence", "take_leases_back")
_DELETE_SCORES = statement(__package__, "delete_scores")
# Sketches of visitors are made of events and sessions. Nobody makes any while these go (the same lock as in
# intelligence/uniques/recount.py), and of what is gone none are made anew.
_LOCK_SKETCHES = "SELECT pg_advisory_xact_lock(7013046015)"
_CLOSE = statement(__package__, "close_uniques")
_DELETE_SKETCHES = statement(__package__, "delete_sketches")
_DELETE_BLOCKS = "DELETE FROM analytics.block WHERE hour < $2::timestamptz AND ($1::text IS NULL OR project_id = $1)"


async def drop_windows(analytics: Any, kind: str, before: datetime) -> list[str]:
    """Drops the windows of a kind that are wholly before a moment; their names."""
    relation, _ = RELATIONS[kind]
    if not await analytics.fetchval(_HOLDS, relation, before):
        return []
    async with analytics.transaction():
        await analytics.execute(_LOCK_SKETCHES)
        await analytics.execute(_TAKE_LEASES_BACK)
        dropped = [row[0] for row in await analytics.fetch(_DROP, relation, before)]
        if kind == "sessions":
            await analytics.execute(_DELETE_SCORES, None, before)
        await _end_sketches(analytics, kind, None, before)
    return dropped


async def delete_rows(analytics: Any, kind: str, project: str, before: datetime) -> int:
    """Deletes a project's rows of a kind from before a moment; how many."""
    relation, moment = RELATIONS[kind]
    of_project = f"FROM analytics.{relation} WHERE project_id = $1 AND {moment} < $2"
    if not await analytics.fetchval(f"SELECT EXISTS (SELECT {of_project})", project, before):
        return 0
    async with analytics.transaction():
        await analytics.execute(_LOCK_SKETCHES)
        await analytics.execute(_TAKE_LEASES_BACK)
        await analytics.execute(ANY_NUMBER_OF_ROWS)
        status = await analytics.execute(f"DELETE {of_project}", project, before)
        if kind == "sessions":
            await analytics.execute(_DELETE_SCORES, project, before)
        await _end_sketches(analytics, kind, project, before)
    return int(status.split()[-1])


async def _end_sketches(analytics: Any, kind: str, project: str | None, before: datetime) -> None:
    await analytics.execute(_DELETE_SKETCHES if kind == "counts" else _CLOSE, project, before)
    if kind != "counts":
        await analytics.execute(_DELETE_BLOCKS, project, before)
