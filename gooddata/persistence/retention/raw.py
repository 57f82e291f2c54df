"""The end of raw events and of rejected ones."""

from datetime import datetime
from typing import Any

from gooddata.persistence.erasure.log import erase_from_batches
from gooddata.sql import statement

_DROP = statement(__package__, "drop_batches")
_HOLDING = statement(__package__, "batches_holding")
_STRUCK = statement(__package__, "note_struck")
_DELETE_REJECTED = statement(__package__, "delete_rejected")

_EVER = "SELECT until FROM raw.struck WHERE project_id = $1"


async def drop_batches(raw: Any, before: datetime, positions: dict[int, int]) -> list[str]:
    """Drops what was received before a moment and has been applied, by the workers' positions: the names of windows."""
    rows = await raw.fetch(_DROP, before, list(positions), list(positions.values()))
    return [row["name"] for row in rows]


async def strike(raw: Any, project: str, before: datetime, positions: dict[int, int]) -> int:
    """Takes a project's events that were received before a moment out of their batches; how many there were."""
    since = await raw.fetchval(_EVER, project)
    if since is not None and since >= before:
        return 0
    places = await raw.fetch(_HOLDING, project, since, before, list(positions), list(positions.values()))
    _, events = await erase_from_batches(raw, project, [(row[0], row[1]) for row in places], lambda who, at: True)
    if await raw.fetchval(_STRUCK, project, before, list(positions), list(positions.values())) is None:
        return events  # workers have to come by first: all of it again, next time
    return events


async def delete_rejected(raw: Any, project: str | None, before: datetime) -> int:
    """Deletes rejected events, of a project or of all, and what is counted of them; how many events."""
    count: int = await raw.fetchval(_DELETE_REJECTED, project, before)
    return count
