"""Shows who is who: a person, a visitor, or a project in figures."""

from typing import Any

from asyncpg.pgproto.pgproto import UUID

from gooddata.errors import InputError
from gooddata.intelligence.identities.decide import People
from gooddata.sql import statement

_SUMMARY = statement(__package__, "summary")
_REFUSED = statement(__package__, "refused")
_PROPOSALS = statement(__package__, "proposals")
_USERS = statement(__package__, "users_of_person")
_OF_USERS = statement(__package__, "spans_of_users")
_OF_VISITOR = statement(__package__, "spans_of_visitor")
_UNDONE = statement(__package__, "undone_links")
_GROUPS = statement(__package__, "groups")

Shown = dict[str, Any]


async def show_project(connection: Any, project: str) -> Shown:
    """How many users, persons and visitors a project has, what was refused, which merges wait for its owner."""
    figures = dict(await connection.fetchrow(_SUMMARY, project))
    refused = [dict(row) for row in await connection.fetch(_REFUSED, project)]
    proposals = [dict(row) for row in await connection.fetch(_PROPOSALS, project, None)]
    return {"project": project, **figures, "refused": refused, "proposals": proposals}


async def show_user(connection: Any, people: People, named: str) -> Shown:
    """The person that a user is. Raises InputError when no event has named that user."""
    users = [dict(row) for row in await connection.fetch(_USERS, people.project, people.user(named))]
    ids = [row["user"] for row in users]
    visitors = [dict(row) for row in await connection.fetch(_OF_USERS, people.project, ids)]
    undone = [dict(row) for row in await connection.fetch(_UNDONE, people.project, ids, None)]
    if not visitors and not undone:
        raise InputError(f"no event has named user {named!r} in project {people.project!r}", "user")
    members = ids + [row["visitor"] for row in visitors if row["person"] == ids[0]]
    return {
        "project": people.project,
        "person": ids[0],
        "users": users,
        "visitors": visitors,
        "undone": undone,
        "proposals": [dict(row) for row in await connection.fetch(_PROPOSALS, people.project, ids)],
        "groups": [dict(row) for row in await connection.fetch(_GROUPS, people.project, members)],
    }


async def show_visitor(connection: Any, people: People, named: str) -> Shown:
    """Whose a visitor was, from when to when; its own where no user was seen with it."""
    visitor: UUID = people.visitor(named)
    spans = [dict(row) for row in await connection.fetch(_OF_VISITOR, people.project, visitor)]
    return {
        "project": people.project,
        "visitor": visitor,
        "person": spans[-1]["person"] if spans else visitor,
        "spans": spans,
        "undone": [dict(row) for row in await connection.fetch(_UNDONE, people.project, [], visitor)],
        "groups": [dict(row) for row in await connection.fetch(_GROUPS, people.project, [visitor])],
    }
