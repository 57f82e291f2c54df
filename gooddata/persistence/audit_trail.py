"""What was done with raw, as it was written down."""

from typing import Any

import msgspec

from gooddata.sql import statement

_TRAIL = statement(__package__, "audit_trail")


async def audit_trail(
    connection: Any, project: str, action: str | None, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """The newest entries about a project, or about all, before the one with that number; newest first."""
    rows = await connection.fetch(_TRAIL, project, action, before, limit)
    return [dict(row) | {"detail": msgspec.json.decode(row["detail"])} for row in rows]
