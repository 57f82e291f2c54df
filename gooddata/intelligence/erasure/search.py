"""Looks for a person in the log and in analytics."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec

from gooddata.errors import InputError
from gooddata.intelligence.erasure.whom import Whom, belongings, users_of
from gooddata.intelligence.identities.generic import nobody
from gooddata.persistence.erasure.log import Place, people, places_of
from gooddata.persistence.erasure.person import Erased, Tombstone
from gooddata.persistence.pseudonym import Pseudonyms

Each = Callable[[list[Tombstone]], Awaitable[None]]


class Found(msgspec.Struct):
    """`people` tells their events; `names` are their ids as raw events have them, `places` the batches that may hold
    events of theirs."""

    kind: str
    subject: UUID
    whom: Whom
    people: Erased
    names: set[str]
    places: set[Place]


class _Seen(msgspec.Struct):
    """What raw events say of some users: by which visitors they were seen, whether with nobody else, and in which
    batches."""

    alone: dict[UUID, bool] = {}
    names: dict[UUID, str] = {}
    places: set[Place] = msgspec.field(default_factory=set)


async def search(
    raw: Any,
    analytics: Any,
    pseudonyms: Pseudonyms,
    project: str,
    *,
    visitor: str | None,
    user: str | None,
    until: int,
    each: Each,
) -> Found:
    """What is dated up to `until` (epoch ms) of a visitor, or of a user with all visitors that are theirs.

    Calls `each` with what was found, before it goes on with what follows from it: who erases lets nothing in from then
    on. Raises InputError when there is no such project.
    """
    if not await analytics.fetchval("SELECT EXISTS (SELECT FROM control.project WHERE project_id = $1)", project):
        raise InputError(f"there is no project {project!r}", "project")
    known = Erased(project, pseudonyms)

    async def note(tombstones: list[Tombstone]) -> None:
        for tombstone in tombstones:
            known.add(tombstone)
        if tombstones:
            await each(tombstones)

    if visitor is not None:
        subject = pseudonyms.visitor(project, visitor)
        whom = Whom(visitors={subject})
        await note(whom.tombstones(until))
        places = set(await places_of(raw, project, visitor))
        return Found("visitor", subject, whom, known, {visitor}, places)
    assert user is not None
    subject = pseudonyms.user(project, user)
    users = await users_of(analytics, project, subject)
    await note(Whom(users).tombstones(until))
    seen = await _seen_with(raw, project, users, known)
    whom = await belongings(analytics, project, users, seen.alone)
    # What a server sent of the user alone is counted for a visitor of that name.
    whom.visitors.add(pseudonyms.visitor(project, user))
    await note([each for each in whom.tombstones(until) if each.kind == "visitor"])
    names = {user, *(seen.names[each] for each in whom.visitors if each in seen.names)}
    places = set(seen.places)
    for name in {user, *seen.names.values()}:
        places.update(await places_of(raw, project, name))
    return Found("user", subject, whom, known, names, places)


async def _seen_with(raw: Any, project: str, users: set[UUID], known: Erased) -> _Seen:
    """Which visitors raw events name together with these users; who stands for nobody is no other user."""
    seen = _Seen()
    others: set[UUID] = set()
    async for place, who, _ in people(raw, project):
        named = {known.user(name) for name in who.users if nobody(name) is None}
        whose = who.visitor or who.anonymous_id
        if named & users:
            seen.places.add(place)
            if isinstance(whose, str) and nobody(whose) is None:
                visitor = known.visitor(whose)
                seen.names[visitor] = whose
                seen.alone.setdefault(visitor, True)
        if named - users and isinstance(whose, str):
            others.add(known.visitor(whose))
    for visitor in others & seen.alone.keys():
        seen.alone[visitor] = False
    return seen
