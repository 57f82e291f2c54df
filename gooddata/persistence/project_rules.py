"""A project's tracking plan and exclusions, as its owner sets them. What they may say is checked by ingestion/rules."""

from typing import Any

import asyncpg

from gooddata.errors import InputError


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


async def _require(connection: Any, project: str) -> None:
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM control.project WHERE project_id = $1)", project):
        raise _no_such(project)


def _no_such(project: str) -> InputError:
    return InputError(f"there is no project {project!r}; see: gooddata project list", "project")
