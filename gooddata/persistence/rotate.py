"""A new write key for a project, while the former ones go on for a time."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

import msgspec

from gooddata.errors import InputError
from gooddata.sql import statement

_PROJECT = statement(__package__, "project_to_rotate")
_EXPIRE = statement(__package__, "expire_write_keys")


class Rotated(msgspec.Struct, frozen=True):
    """The new key, shown this once, and until when the former ones are taken."""

    project: str
    write_key: str
    former_until: datetime | None


async def rotate_write_key(connection: Any, project: str, keep: timedelta) -> Rotated:
    """Makes a write key for the project of that id or name. Raises InputError when there is none."""
    async with connection.transaction():
        project_id = await connection.fetchval(_PROJECT, project)
        if project_id is None:
            raise InputError(f"there is no project {project!r}; see: gooddata project list", "project")
        key = f"gw_{secrets.token_urlsafe(24)}"
        digest = hashlib.sha256(key.encode()).digest()
        await connection.execute(
            "INSERT INTO control.key (key_hash, project_id, scope) VALUES ($1, $2, 'write')", digest, project_id
        )
        former = await connection.fetch(_EXPIRE, project_id, digest, keep)
    return Rotated(project_id, key, max((row["expires_at"] for row in former), default=None))
