"""Raw events for people: the owner's look into the view raw.events."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec

from gooddata.errors import ConfigurationError, InputError
from gooddata.event import visitor_mark
from gooddata.persistence.span import span
from gooddata.sql import statement

_RAW_EVENTS = statement(__package__, "raw_events")


async def raw_events(
    dsn: str, project: str | None, visitor: str | None, since: datetime | None, limit: int
) -> list[dict[str, Any]]:
    """The newest events, oldest of them first, with the columns of raw.events.

    Raises ConfigurationError when the raw database does not answer.
    """
    try:
        connection = await asyncpg.connect(dsn, server_settings={"timezone": "UTC"})
    except (OSError, asyncpg.PostgresError) as failure:
        raise ConfigurationError(f"the raw database does not answer ({failure}); is gooddata up running?") from None
    try:
        mark = visitor_mark(project, visitor) if project and visitor else None
        rows = await connection.fetch(_RAW_EVENTS, project, visitor, mark, since, limit)
    finally:
        await connection.close()
    as_objects = ("properties", "context")
    return [dict(row) | {name: msgspec.json.decode(row[name]) for name in as_objects} for row in rows]


def since_moment(text: str | None) -> datetime | None:
    """A moment written as ISO 8601, or as a span before now (90s, 30m, 2h, 7d)."""
    if text is None:
        return None
    if (before := span(text)) is not None:
        return datetime.now(UTC) - before
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            "--since takes a date and time as 2026-05-17T10:00, or a span as 30m, 2h, 7d", "since"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def table_line(row: dict[str, Any]) -> str:
    """One event in one line."""
    path = (row["context"].get("page") or {}).get("path", "")
    return (
        f"{row['timestamp']:%Y-%m-%d %H:%M:%S}  {row['visitor'][:36]:36}  {row['type']:8}  {row['name'] or ''}  {path}"
    )
