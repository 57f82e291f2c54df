"""Takes off the disk what an erasure has left dead in it: PostgreSQL keeps changed and deleted rows until a VACUUM."""

import asyncio
from typing import Any, Literal

DeadRows = Literal["none", "removed", "left to autovacuum"]

_VACUUM = "VACUUM raw.batch, raw.rejection"


async def remove_dead_rows(connection: Any) -> DeadRows:
    """What became of them. The connection wears the operator's role, which may do it from PostgreSQL 17 on; before, the
    tables' owner alone may, so it is tried as the login itself, too."""
    if await _vacuum(connection):
        return "removed"
    await connection.execute("SET ROLE NONE")
    try:
        return "removed" if await _vacuum(connection) else "left to autovacuum"
    finally:
        await connection.execute("RESET ROLE")


async def _vacuum(connection: Any) -> bool:
    """Whether every table was vacuumed: one that this role may not is skipped with a warning, not an error."""
    warnings: list[str] = []

    def note(_: Any, message: Any) -> None:
        if message.severity == "WARNING":
            warnings.append(message.message)

    connection.add_log_listener(note)
    try:
        await connection.execute(_VACUUM)
        await asyncio.sleep(0)  # listeners are called a step of the event loop later
    finally:
        connection.remove_log_listener(note)
    return not warnings
