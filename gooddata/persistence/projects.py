"""Projects, their keys and their goals."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from typing import Any

import asyncpg
import msgspec

from gooddata.errors import InputError

DEFAULT_GOALS = ("Order Completed",)
GOALS = 50  # of a project
GOAL_CHARACTERS = 200


class Project(msgspec.Struct, frozen=True):
    """A project as it was just made; the keys are shown this once, the database keeps hashes."""

    project: str
    write_key: str
    read_key: str


async def create_project(
    connection: Any, name: str, *, goals: Sequence[str] = DEFAULT_GOALS, simulated: bool = False
) -> Project:
    """Makes a project with a key of each kind. Raises InputError when the name is taken or has no letters or digits."""
    project_id = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:48]
    if not project_id:
        raise InputError("a project's name needs letters or digits", "name")
    try:
        async with connection.transaction():
            await connection.execute(
                "INSERT INTO control.project (project_id, name, simulated) VALUES ($1, $2, $3)",
                project_id,
                name,
                simulated,
            )
            made = await _with_new_keys(connection, project_id)
            await connection.executemany(
                "INSERT INTO control.goal (project_id, event_name) VALUES ($1, $2)",
                [(project_id, goal) for goal in goals],
            )
    except asyncpg.UniqueViolationError:
        raise InputError(f"there is a project {name!r} already", "name") from None
    return made


async def renew_keys(connection: Any, name: str) -> Project:
    """Gives the project called `name` a further key of each kind; the former ones stay valid."""
    project_id = await connection.fetchval("SELECT project_id FROM control.project WHERE name = $1", name)
    if project_id is None:
        raise InputError(f"there is no project {name!r}", "name")
    return await _with_new_keys(connection, project_id)


async def make_import_key(connection: Any, project_id: str) -> str:
    """A read key that opens the import scope for a day, for those who hold the database anyway."""
    key = f"gr_{secrets.token_urlsafe(24)}"
    try:
        await connection.execute(
            """INSERT INTO control.key (key_hash, project_id, scope, expires_at)
               VALUES ($1, $2, 'read', now() + interval '1 day')""",
            hashlib.sha256(key.encode()).digest(),
            project_id,
        )
    except asyncpg.ForeignKeyViolationError:
        raise InputError(f"there is no project {project_id!r}; see: gooddata project list", "project") from None
    return key


async def require_project(connection: Any, project_id: str) -> None:
    """Raises InputError when there is no such project."""
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM control.project WHERE project_id = $1)", project_id):
        raise InputError(f"there is no project {project_id!r}; see: gooddata project list", "project")


async def _with_new_keys(connection: Any, project_id: str) -> Project:
    made = Project(project_id, f"gw_{secrets.token_urlsafe(24)}", f"gr_{secrets.token_urlsafe(24)}")
    await connection.executemany(
        "INSERT INTO control.key (key_hash, project_id, scope) VALUES ($1, $2, $3)",
        [
            (hashlib.sha256(made.write_key.encode()).digest(), project_id, "write"),
            (hashlib.sha256(made.read_key.encode()).digest(), project_id, "read"),
        ],
    )
    return made


async def list_projects(connection: Any) -> list[dict[str, Any]]:
    """Every project: id, name, whether it is simulated, goals, when it was made."""
    rows = await connection.fetch(
        """SELECT p.project_id AS project, p.name, p.simulated, p.created_at,
                  array(SELECT event_name FROM control.goal g WHERE g.project_id = p.project_id ORDER BY 1) AS goals
           FROM control.project p ORDER BY p.created_at, p.project_id"""
    )
    return [dict(row) for row in rows]


def checked_goals(names: Sequence[str]) -> list[str]:
    """Names of events, each once. Raises InputError for one that is none, or too many."""
    found = sorted({name.strip() for name in names})
    if len(found) > GOALS:
        raise InputError(f"a project has at most {GOALS} goals, not {len(found)}", "goals")
    for name in found:
        if not name or len(name) > GOAL_CHARACTERS or not name.isprintable():
            raise InputError(
                f"a goal is the name of an event, 1 to {GOAL_CHARACTERS} characters that can be printed, not {name!r}",
                "goals",
            )
    return found


async def put_goals(connection: Any, project_id: str, names: Sequence[str]) -> list[str]:
    """Makes these the goals of a project, for sessions from then on. Raises InputError."""
    goals = checked_goals(names)
    await require_project(connection, project_id)
    async with connection.transaction():
        await connection.execute("DELETE FROM control.goal WHERE project_id = $1", project_id)
        await connection.executemany(
            "INSERT INTO control.goal (project_id, event_name) VALUES ($1, $2)", [(project_id, name) for name in goals]
        )
    return goals


async def list_keys(connection: Any) -> dict[str, list[dict[str, Any]]]:
    """The keys that are taken now, by project: what each opens, since when and until when."""
    rows = await connection.fetch(
        """SELECT project_id, scope, created_at, expires_at FROM control.key
           WHERE expires_at IS NULL OR expires_at > now() ORDER BY project_id, scope DESC, created_at"""
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["project_id"], []).append(
            {name: row[name] for name in ("scope", "created_at", "expires_at")}
        )
    return found
