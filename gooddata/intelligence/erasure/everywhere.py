"""Erases a person everywhere: tombstones first, so that nothing comes back; then the log, then analytics."""

import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from gooddata.errors import InputError
from gooddata.intelligence.erasure.erase import erase_from_analytics
from gooddata.intelligence.erasure.whom import Whom, belongings, users_of
from gooddata.intelligence.identities.generic import nobody
from gooddata.persistence.erasure.log import Place, erase_from_batches, people, places_of, put_tombstones
from gooddata.persistence.erasure.person import Erased, Tombstone
from gooddata.persistence.erasure.rejections import erase_from_rejections
from gooddata.persistence.operator import audit
from gooddata.persistence.pseudonym import Pseudonyms

_CLEAN_UP = "VACUUM raw.batch, raw.rejection"


class Receipt(msgspec.Struct, frozen=True):
    """What an erasure has removed. `subject` is the person's keyed hash; what is dated up to `erased_until` (epoch ms)
    of them is not taken in again."""

    project: str
    kind: str
    subject: UUID
    erased_until: datetime
    visitors: int
    raw: dict[str, int]
    analytics: dict[str, int]

    def is_nothing(self) -> bool:
        return not any(self.raw.values()) and not any(self.analytics.values())


class Seen(msgspec.Struct):
    """What raw events say of some users: by which visitors they were seen, whether with nobody else, and in which
    batches."""

    alone: dict[UUID, bool] = {}
    names: dict[UUID, str] = {}
    places: set[Place] = msgspec.field(default_factory=set)


async def erase(
    raw: Any, analytics: Any, owner: Any, pseudonyms: Pseudonyms, project: str, *, visitor: str | None, user: str | None
) -> Receipt:
    """Erases a visitor, or a user with all visitors that are theirs.

    `raw` and `analytics` wear the operator's role, the latter with times in milliseconds; `owner` owns the raw tables.
    Raises InputError when there is no such project.
    """
    if not await analytics.fetchval("SELECT EXISTS (SELECT FROM control.project WHERE project_id = $1)", project):
        raise InputError(f"there is no project {project!r}", "project")
    until = int(time.time() * 1_000)
    erased = Erased(project, pseudonyms)
    if visitor is not None:
        kind, subject, names = "visitor", pseudonyms.visitor(project, visitor), {visitor}
        whom = Whom(visitors={subject})
        await _bury(raw, project, erased, whom.tombstones(until))
        places = set(await places_of(raw, project, visitor))
    else:
        assert user is not None
        kind, subject = "user", pseudonyms.user(project, user)
        users = await users_of(analytics, project, subject)
        await _bury(raw, project, erased, [Tombstone("user", each, None, until) for each in sorted(users)])
        # From here on nothing links another visitor to them.
        seen = await _seen_with(raw, project, users, erased)
        whom = await belongings(analytics, project, users, seen.alone)
        # What a server sent of the user alone is counted for a visitor of that name.
        whom.visitors.add(pseudonyms.visitor(project, user))
        await _bury(raw, project, erased, [each for each in whom.tombstones(until) if each.kind == "visitor"])
        names = {user, *(seen.names[each] for each in whom.visitors if each in seen.names)}
        places = seen.places | {place for name in seen.names.values() for place in await places_of(raw, project, name)}
        places |= set(await places_of(raw, project, user))
    batches, events = await erase_from_batches(raw, project, sorted(places), erased.holds)
    rejections = await erase_from_rejections(raw, project, names, erased.holds)
    if batches or rejections:
        await owner.execute(_CLEAN_UP)
    removed = await erase_from_analytics(analytics, project, whom)
    receipt = Receipt(
        project,
        kind,
        subject,
        datetime.fromtimestamp(until / 1_000, UTC),
        len(whom.visitors) + len({each for each, _, _ in whom.spans}),
        {"events": events, "batches": batches, "rejections": rejections},
        removed,
    )
    await audit(raw, "erase", project, subject, receipt)
    return receipt


async def _bury(raw: Any, project: str, erased: Erased, tombstones: list[Tombstone]) -> None:
    for tombstone in tombstones:
        erased.add(tombstone)
    if tombstones:
        await put_tombstones(raw, project, tombstones)


async def _seen_with(raw: Any, project: str, users: set[UUID], erased: Erased) -> Seen:
    """Which visitors raw events name together with these users; who stands for nobody is no other user."""
    seen = Seen()
    others: set[UUID] = set()
    async for place, who, _ in people(raw, project):
        named = {erased.user(name) for name in who.users if nobody(name) is None}
        whose = who.visitor or who.anonymous_id
        if named & users:
            seen.places.add(place)
            if isinstance(whose, str) and nobody(whose) is None:
                visitor = erased.visitor(whose)
                seen.names[visitor] = whose
                seen.alone.setdefault(visitor, True)
        if named - users and isinstance(whose, str):
            others.add(erased.visitor(whose))
    for visitor in others & seen.alone.keys():
        seen.alone[visitor] = False
    return seen
