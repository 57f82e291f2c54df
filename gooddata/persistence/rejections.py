"""Rejected events for their owner: what is kept of them, and what became of sending them again."""

from datetime import datetime
from typing import Any

import msgspec

from gooddata.sql import statement

_NEWEST = statement(__package__, "newest_rejections")
_OPEN = statement(__package__, "open_rejections")
_GROUPS = statement(__package__, "rejection_groups")
_VIOLATIONS = statement(__package__, "plan_violations")


class KeptRejection(msgspec.Struct, frozen=True):
    """One rejected event: `body` and `context` as received, cut at the documented bound."""

    id: int
    project: str
    received_at: datetime
    event_id: str | None
    field: str | None
    reason: str
    replayed_at: datetime | None
    body: bytes
    context: bytes | None

    def shown(self) -> dict[str, Any]:
        """All of it, for JSON; the event as it was received."""
        return {
            "id": self.id,
            "project": self.project,
            "received_at": self.received_at,
            "event_id": self.event_id,
            "field": self.field,
            "reason": self.reason,
            "replayed_at": self.replayed_at,
            "replayable": self.is_whole(),
            "event": self.body.decode(errors="replace"),
            "context": self.context and self.context.decode(errors="replace"),
        }

    def is_whole(self) -> bool:
        """Whether the body is JSON still: what was cut off inside is not, and neither is what never was."""
        try:
            msgspec.json.decode(self.body)
        except (msgspec.DecodeError, RecursionError):
            return False
        return True


async def newest_rejections(
    connection: Any,
    project: str | None,
    reason: str | None,
    since: datetime | None,
    replayed: bool,
    limit: int,
    before: tuple[datetime, int] | None = None,
) -> list[KeptRejection]:
    """The newest rejected events, oldest of them first; those that were replayed only if asked for. `before` is when
    one was received, and its id: then it is the newest of those before it."""
    at, number = before or (None, None)
    rows = await connection.fetch(_NEWEST, project, reason, since, replayed, limit, at, number)
    return [KeptRejection(*row) for row in rows]


async def rejection_groups(connection: Any, project: str) -> list[dict[str, Any]]:
    """Kept events that are refused still, by reason and field, the most first."""
    return [dict(row) for row in await connection.fetch(_GROUPS, project)]


async def open_rejections(
    connection: Any, project: str, reason: str | None, since: datetime | None, after: int, limit: int
) -> list[KeptRejection]:
    """Events of a project that are still refused, in the order of their arrival, from the one after id `after` on."""
    return [KeptRejection(*row) for row in await connection.fetch(_OPEN, project, reason, since, after, limit)]


async def mark_replayed(connection: Any, ids: list[int]) -> None:
    """These were sent again and taken in."""
    await connection.execute("UPDATE raw.rejection SET replayed_at = now() WHERE id = ANY ($1)", ids)


async def mark_refused(connection: Any, refused: list[tuple[int, str, str | None]]) -> None:
    """These (id, reason, field) were sent again and refused again, for these reasons."""
    await connection.executemany("UPDATE raw.rejection SET reason = $2, field = $3 WHERE id = $1", refused)


async def plan_violations(connection: Any, project: str, since: datetime | None) -> list[dict[str, Any]]:
    """How a project's events differed from its tracking plan, since a day, the most frequent first."""
    return [dict(row) for row in await connection.fetch(_VIOLATIONS, project, since)]
