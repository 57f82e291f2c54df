"""Which visitors of a project are held out: they are scored as all others are, and nothing of it is told to their
browsers, so that what acting on it brings can be measured against them."""

from typing import Any
from uuid import UUID

from gooddata.errors import InputError
from gooddata.persistence.projects import require_project

MOST = 0.5
_SHARES = "SELECT project_id, share FROM control.holdout"
_SHARE = "SELECT share FROM control.holdout WHERE project_id = $1"
_PUT = (
    "INSERT INTO control.holdout (project_id, share) VALUES ($1, $2) "
    "ON CONFLICT (project_id) DO UPDATE SET share = excluded.share, set_at = now()"
)
_PARTS = 1 << 32


def is_held_out(visitor: UUID, share: float) -> bool:
    """Whether a visitor, by their pseudonym, is among a `share` of all.

    A pseudonym is a keyed hash, so that its last bits are as good as drawn by chance, stay the same, and are known to
    nobody outside. With a greater share the same visitors are held out, and others.
    """
    return (visitor.int & (_PARTS - 1)) < share * _PARTS


async def shares(connection: Any) -> dict[str, float]:
    """By project; those that hold out nobody may be missing."""
    return {row["project_id"]: row["share"] for row in await connection.fetch(_SHARES)}


async def share_of(connection: Any, project: str) -> float:
    """Raises InputError for an unknown project."""
    await require_project(connection, project)
    share: float | None = await connection.fetchval(_SHARE, project)
    return round(share or 0.0, 6)  # as it was set: the column has 32 bits


async def put_share(connection: Any, project: str, share: float) -> None:
    """Raises InputError for an unknown project, or a share that is none."""
    if not 0 <= share <= MOST:
        raise InputError(f"a holdout is a share from 0 to {MOST}, as 0.1, not {share:g}", "share")
    await require_project(connection, project)
    await connection.execute(_PUT, project, share)
