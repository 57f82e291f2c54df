"""Read keys of a project, each for everything or for some kinds of questions."""

import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from gooddata.errors import InputError
from gooddata.serving.access import KINDS
from gooddata.serving.sign_ins import digest

MOST_KEYS = 50  # of a project that do not expire
MOST_NAME_CHARACTERS = 100

_LASTING = "FROM control.key WHERE project_id = $1 AND scope = 'read' AND expires_at IS NULL"
_LIST = f"SELECT key_id, name, kinds, created_at {_LASTING} ORDER BY created_at, key_id"


async def list_keys(connection: Any, project: str) -> list[dict[str, Any]]:
    """The project's read keys that do not expire, oldest first."""
    rows = await connection.fetch(_LIST, project)
    return [{"id": row["key_id"]} | {name: row[name] for name in ("name", "kinds", "created_at")} for row in rows]


async def make_key(connection: Any, project: str, name: str, kinds: Sequence[str] | None) -> dict[str, Any]:
    """A new read key, told this once. Raises InputError."""
    if not name.strip() or len(name) > MOST_NAME_CHARACTERS or not name.isprintable():
        raise InputError(f"a name takes 1 to {MOST_NAME_CHARACTERS} letters, digits and signs, in one line", "name")
    if kinds is not None and (not kinds or not set(kinds) <= set(KINDS)):
        raise InputError(f"kinds takes one or more of {', '.join(KINDS)}; leave it out for all", "kinds")
    if await connection.fetchval(f"SELECT count(*) {_LASTING}", project) >= MOST_KEYS:
        raise InputError(f"a project has at most {MOST_KEYS} read keys; revoke one first")
    key = f"gr_{secrets.token_urlsafe(24)}"
    wanted = None if kinds is None else sorted(set(kinds))
    made = await connection.fetchval(
        """INSERT INTO control.key (key_hash, project_id, scope, name, kinds) VALUES ($1, $2, 'read', $3, $4)
           RETURNING key_id""",
        digest(key),
        project,
        name.strip(),
        wanted,
    )
    return {"id": made, "key": key, "name": name.strip(), "kinds": wanted}


async def revoke_key(connection: Any, project: str, key_id: UUID) -> bool:
    """Removes a read key; False when the project has none of that id."""
    done = await connection.execute(
        "DELETE FROM control.key WHERE project_id = $1 AND key_id = $2 AND scope = 'read'", project, key_id
    )
    return done == "DELETE 1"
