"""What claims add to the tables: the earliest sign of each kind, whatever the order in which they come."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from asyncpg.pgproto.pgproto import UUID

from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.identities.limits import SLOT_MS

Pair = tuple[str, UUID, UUID]  # project, visitor, user
LinkKey = tuple[str, UUID, UUID, bool, int]  # and: whether it is an alias's previous id, slot
LinkSign = tuple[int, UUID, str, UUID | None]  # at, event, its type, who the previous id would be
MemberKey = tuple[str, UUID, UUID]  # project, group, member
MemberSign = tuple[int, UUID, str]  # at, event, what the member is


def slot_of(at: int, undone: Sequence[int] = ()) -> int:
    """The slot (epoch ms) of a sign at `at`: its half hour, cut where the link was `undone` before it.

    So that the first sign after an undoing is kept, and not taken for a repetition of one before.
    """
    return max([at - at % SLOT_MS, *(moment for moment in undone if moment < at)])


def links(facts: Iterable[Fact], undone: Mapping[Pair, Sequence[int]]) -> dict[LinkKey, LinkSign]:
    """The earliest sign of each link and slot, by key, in the order of the keys."""
    found: dict[LinkKey, LinkSign] = {}

    def add(fact: Fact, visitor: UUID, user: UUID, previous: UUID | None) -> None:
        moments = undone.get((fact.project_id, visitor, user)) if undone else None
        slot = slot_of(fact.at, moments) if moments else fact.at - fact.at % SLOT_MS
        key = (fact.project_id, visitor, user, previous is not None, slot)
        before = found.get(key)
        if before is None or (fact.at, fact.event_id) < before[:2]:
            found[key] = (fact.at, fact.event_id, fact.type, previous)

    for fact in facts:
        claim = fact.claim
        if claim is not None and claim.user is not None and claim.visitor is not None:
            add(fact, claim.visitor, claim.user, None)
            if claim.previous is not None:
                add(fact, claim.previous.visitor, claim.user, claim.previous.user)
    return dict(sorted(found.items()))


def memberships(facts: Iterable[Fact]) -> dict[MemberKey, MemberSign]:
    """The earliest sign of each membership, by key, in the order of the keys."""
    found: dict[MemberKey, MemberSign] = {}
    for fact in facts:
        claim = fact.claim
        if claim is None or claim.group is None or claim.member is None:
            continue
        key = (fact.project_id, claim.group, claim.member)
        sign = (fact.at, fact.event_id, claim.member_is)
        if key not in found or sign < found[key]:
            found[key] = sign
    return dict(sorted(found.items()))


def refusals(facts: Iterable[Fact]) -> list[tuple[str, str, str, int]]:
    """How often each id that stands for nobody was sent: project, field, value, events; ordered by key."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for fact in facts:
        if fact.claim is not None and fact.claim.refused:
            counted.update((fact.project_id, field, value) for field, value in fact.claim.refused)
    return [(*key, events) for key, events in sorted(counted.items())]
