"""A person's rejected events."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec

from gooddata.persistence.erasure.person import Who, decode_who

_LONG_ENOUGH = 8  # for a name to be looked for where it does not stand alone, in quotes

_SCAN = """SELECT id, received_at, event_id, field, reason, body, context FROM raw.rejection
           WHERE project_id = $1 AND id > $2 ORDER BY id LIMIT 500"""
_DELETE = "DELETE FROM raw.rejection WHERE id = ANY ($1)"


async def rejections_of(
    connection: Any, project: str, names: set[str], is_theirs: Callable[[Who, int], bool]
) -> AsyncIterator[list[Any]]:
    """Rejected events that are the person's, and those that only mention one of `names` somewhere: what was refused
    need not be readable. In portions."""
    written = [msgspec.json.encode(name) for name in names]
    written += [name.encode() for name in names if len(name) >= _LONG_ENOUGH]
    last = 0
    while rows := await connection.fetch(_SCAN, project, last):
        last = rows[-1]["id"]
        yield [
            row
            for row in rows
            if any(name in row["body"] or name in (row["context"] or b"") for name in written)
            or _is_theirs(row, is_theirs)
        ]


async def erase_from_rejections(
    connection: Any, project: str, names: set[str], is_erased: Callable[[Who, int], bool]
) -> int:
    """Deletes the person's rejected events; how many that were."""
    removed = 0
    async for rows in rejections_of(connection, project, names, is_erased):
        if rows:
            await connection.execute(_DELETE, [row["id"] for row in rows])
            removed += len(rows)
    return removed


def _is_theirs(row: Any, is_theirs: Callable[[Who, int], bool]) -> bool:
    try:
        who = decode_who(row["body"])
    except (msgspec.DecodeError, RecursionError):
        return False
    return is_theirs(who, int(row["received_at"].timestamp() * 1_000))
