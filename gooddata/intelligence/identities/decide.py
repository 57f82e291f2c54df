"""What the owner decides: whether a visitor is a user's, whether two users are one person. Kept with who and when."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec
from asyncpg.pgproto.pgproto import UUID

from gooddata.errors import GoodDataError, InputError
from gooddata.persistence.pseudonym import Pseudonyms
from gooddata.sql import statement

_OWN = statement(__package__, "own_project")
_UNLINK = statement(__package__, "unlink")
_RESTORE = statement(__package__, "restore_link")
_MERGE = statement(__package__, "merge")
_UNMERGE = statement(__package__, "unmerge")
_ROOTS = statement(__package__, "roots")

PSEUDONYM = "pseudonym:"
LONGEST_WAIT = "30s"
_LONGEST_PAUSE = "10s"  # workers wait for who decides


class Decider(msgspec.Struct, frozen=True):
    """Who decides, and why."""

    by: str
    reason: str | None = None


class People(msgspec.Struct, frozen=True):
    """The pseudonyms of a project's people, named by id, or as `pseudonym:…` where only that is known."""

    project: str
    pseudonyms: Pseudonyms

    def visitor(self, named: str) -> UUID:
        """Raises InputError when `named` is a pseudonym that is none."""
        return self._given(named) or UUID(self.pseudonyms.visitor(self.project, named).bytes)

    def user(self, named: str) -> UUID:
        """Raises InputError when `named` is a pseudonym that is none."""
        return self._given(named) or UUID(self.pseudonyms.user(self.project, named).bytes)

    def _given(self, named: str) -> UUID | None:
        if not named.startswith(PSEUDONYM):
            return None
        try:
            return UUID(named.removeprefix(PSEUDONYM))
        except ValueError:
            raise InputError(f"{named!r} is no pseudonym; they look as: {PSEUDONYM}{UUID(bytes(16))}") from None


@asynccontextmanager
async def _deciding(connection: Any, project: str) -> AsyncIterator[None]:
    """A transaction in which no worker writes identities of the project."""
    async with connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'")
        await connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{_LONGEST_PAUSE}'")
        try:
            await connection.execute(_OWN, project)
        except asyncpg.LockNotAvailableError:
            raise GoodDataError(
                f"a worker has been writing identities of project {project!r} for {LONGEST_WAIT}; nothing was changed, "
                "try again when it goes on"
            ) from None
        yield


async def unlink(connection: Any, people: People, visitor: str, user: str, decider: Decider) -> Any:
    """Undoes what links the visitor to the user up to now, and gives the moment; later signs link them again.

    Raises InputError when nothing links them.
    """
    async with _deciding(connection, people.project):
        undone_at = await connection.fetchval(
            _UNLINK, people.project, people.visitor(visitor), people.user(user), decider.by, decider.reason
        )
    if undone_at is None:
        raise InputError(f"nothing links visitor {visitor!r} to user {user!r} in project {people.project!r}", "visitor")
    return undone_at


async def restore_link(connection: Any, people: People, visitor: str, user: str, decider: Decider) -> None:
    """Takes back every undoing of the link. Raises InputError when there is none."""
    async with _deciding(connection, people.project):
        restored = await connection.fetch(
            _RESTORE, people.project, people.visitor(visitor), people.user(user), decider.by
        )
    if not restored:
        raise InputError(f"no link of visitor {visitor!r} to user {user!r} is undone", "visitor")


async def merge(connection: Any, people: People, user: str, into: str, decider: Decider) -> None:
    """Makes `user` the same person as `into`. Raises InputError when one is unknown, or they are one person already."""
    merged, kept = people.user(user), people.user(into)
    async with _deciding(connection, people.project):
        row = await connection.fetchrow(_ROOTS, people.project, merged, kept)
        for name, known in ((user, row["merged_known"]), (into, row["kept_known"])):
            if not known:
                raise InputError(f"no event has named user {name!r} in project {people.project!r}", "user")
        if row["merged_root"] == row["kept_root"]:
            raise InputError(f"{user!r} and {into!r} are one person already", "user")
        try:
            await connection.execute(_MERGE, people.project, merged, kept, decider.by, decider.reason)
        except asyncpg.UniqueViolationError:
            raise InputError(f"{user!r} is merged into another user; unmerge it first", "user") from None


async def unmerge(connection: Any, people: People, user: str, decider: Decider) -> None:
    """Makes a merged user a person of its own again. Raises InputError when it is not merged."""
    async with _deciding(connection, people.project):
        undone = await connection.fetch(_UNMERGE, people.project, people.user(user), decider.by)
    if not undone:
        raise InputError(f"user {user!r} is not merged into another", "user")
