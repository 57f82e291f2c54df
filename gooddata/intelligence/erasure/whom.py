"""Which visitors, and which of their visits, are a user's."""

from typing import Any
from uuid import UUID

import msgspec

from gooddata.persistence.erasure.person import Tombstone
from gooddata.sql import statement

_USERS = statement(__package__, "users")
_VISITORS = statement(__package__, "visitors")
_SESSIONS = statement(__package__, "sessions_of_users")


class Whom(msgspec.Struct):
    """Users; visitors that are theirs alone; and of visitors that others use, too, spans of time (epoch ms)."""

    users: set[UUID] = msgspec.field(default_factory=set)
    visitors: set[UUID] = msgspec.field(default_factory=set)
    spans: list[tuple[UUID, int, int]] = []

    @property
    def count(self) -> int:
        """How many visitors these are."""
        return len(self.visitors) + len({visitor for visitor, _, _ in self.spans})

    def tombstones(self, until: int) -> list[Tombstone]:
        """What keeps these people from coming back, as far as it is dated up to `until` (epoch ms)."""
        return [
            *(Tombstone("user", user, None, until) for user in sorted(self.users)),
            *(Tombstone("visitor", visitor, None, until) for visitor in sorted(self.visitors)),
            *(Tombstone("visitor", visitor, since, min(last, until)) for visitor, since, last in self.spans),
        ]


async def users_of(connection: Any, project: str, user: UUID) -> set[UUID]:
    """A user, and those who are the same person by the owner's merges."""
    return {UUID(bytes=row["user"].bytes) for row in await connection.fetch(_USERS, project, user)}


async def belongings(connection: Any, project: str, users: set[UUID], seen: dict[UUID, bool]) -> Whom:
    """What is of `users`, on a connection whose times are milliseconds.

    `seen` are the visitors that raw events name together with these users, and whether with nobody else.
    """
    alone = dict(seen)
    for row in await connection.fetch(_VISITORS, project, list(users)):
        visitor = UUID(bytes=row["visitor"].bytes)
        alone[visitor] = row["alone"] and alone.get(visitor, True)
    shared = [visitor for visitor, is_alone in alone.items() if not is_alone]
    rows = await connection.fetch(_SESSIONS, project, shared, list(users)) if shared else []
    spans = [(UUID(bytes=row["visitor"].bytes), row["started_at"], row["last_at"]) for row in rows]
    return Whom(users, {visitor for visitor, is_alone in alone.items() if is_alone}, spans)
