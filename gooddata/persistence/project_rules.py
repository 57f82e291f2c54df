"""A project's tracking plan, exclusions and allowed properties, as its owner sets them. What the first two may say is
checked by ingestion/rules."""

from typing import Any

import asyncpg

from gooddata.errors import InputError

PROPERTIES = 50  # that a project may let go on to analytics
PROPERTY_CHARACTERS = 100


async def set_plan(connection: Any, project: str, plan: bytes) -> None:
    """Puts a plan, checked before, in the place of the project's former one."""
    try:
        await connection.execute(
            """INSERT INTO control.tracking_plan (project_id, plan) VALUES ($1, $2)
               ON CONFLICT (project_id) DO UPDATE
               SET plan = excluded.plan, revision = excluded.revision, changed_at = excluded.changed_at""",
            project,
            plan.decode(),
        )
    except asyncpg.ForeignKeyViolationError:
        raise _no_such(project) from None


async def plan_of(connection: Any, project: str) -> bytes | None:
    """The project's plan as JSON; None when it has none."""
    await _require(connection, project)
    plan = await connection.fetchval("SELECT plan FROM control.tracking_plan WHERE project_id = $1", project)
    return None if plan is None else plan.encode()


async def remove_plan(connection: Any, project: str) -> bool:
    """Whether there was one."""
    await _require(connection, project)
    return await connection.execute("DELETE FROM control.tracking_plan WHERE project_id = $1", project) != "DELETE 0"


async def add_exclusions(connection: Any, project: str, exclusions: list[tuple[str, str]], most: int) -> None:
    """Adds what is not there yet. Raises InputError when the project would have more than `most`."""
    async with connection.transaction():
        try:
            await connection.executemany(
                "INSERT INTO control.exclusion (project_id, kind, value) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                [(project, kind, value) for kind, value in exclusions],
            )
        except asyncpg.ForeignKeyViolationError:
            raise _no_such(project) from None
        there = await connection.fetchval("SELECT count(*) FROM control.exclusion WHERE project_id = $1", project)
        if there > most:
            raise InputError(f"a project takes at most {most} exclusions, and there would be {there}; use networks")


async def remove_exclusions(connection: Any, project: str, exclusions: list[tuple[str, str]]) -> None:
    """Takes exclusions away. Raises InputError, and changes nothing, when one of them is not there."""
    await _require(connection, project)
    async with connection.transaction():
        for kind, value in exclusions:
            gone = await connection.execute(
                "DELETE FROM control.exclusion WHERE project_id = $1 AND kind = $2 AND value = $3", project, kind, value
            )
            if gone == "DELETE 0":
                raise InputError(f"the project has no exclusion {kind} {value!r}; see them with --list")


async def exclusions_of(connection: Any, project: str) -> list[dict[str, Any]]:
    """The project's exclusions: kind, value, since when."""
    await _require(connection, project)
    rows = await connection.fetch(
        "SELECT kind, value, created_at FROM control.exclusion WHERE project_id = $1 ORDER BY kind, value", project
    )
    return [dict(row) for row in rows]


async def allow_properties(connection: Any, project: str, names: list[str]) -> None:
    """Lets properties of these names go on to analytics. Raises InputError when the project would have too many."""
    for name in names:
        if not name or len(name) > PROPERTY_CHARACTERS or not name.isprintable():
            raise InputError(
                f"the name of a property has 1 to {PROPERTY_CHARACTERS} characters that can be printed, not {name!r}",
                "allow",
            )
    async with connection.transaction():
        try:
            await connection.executemany(
                "INSERT INTO control.property (project_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                [(project, name) for name in names],
            )
        except asyncpg.ForeignKeyViolationError:
            raise _no_such(project) from None
        there = await connection.fetchval("SELECT count(*) FROM control.property WHERE project_id = $1", project)
        if there > PROPERTIES:
            raise InputError(
                f"a project lets at most {PROPERTIES} properties go on, and there would be {there}", "allow"
            )


async def deny_properties(connection: Any, project: str, names: list[str]) -> None:
    """Lets these go on no longer. Raises InputError, and changes nothing, when one of them did not."""
    await _require(connection, project)
    async with connection.transaction():
        for name in names:
            gone = await connection.execute(
                "DELETE FROM control.property WHERE project_id = $1 AND name = $2", project, name
            )
            if gone == "DELETE 0":
                raise InputError(f"the property {name!r} is not allowed; see those that are with --list", "deny")


async def allowed_properties(connection: Any, project: str) -> list[str]:
    """The names of the properties that go on to analytics."""
    await _require(connection, project)
    rows = await connection.fetch("SELECT name FROM control.property WHERE project_id = $1 ORDER BY name", project)
    return [row["name"] for row in rows]


async def _require(connection: Any, project: str) -> None:
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM control.project WHERE project_id = $1)", project):
        raise _no_such(project)


def _no_such(project: str) -> InputError:
    return InputError(f"there is no project {project!r}; see: gooddata project list", "project")
