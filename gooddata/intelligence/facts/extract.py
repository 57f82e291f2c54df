"""Turns events into facts."""

import math
from array import array
from collections.abc import Iterable, Mapping
from typing import Any

from asyncpg.pgproto.pgproto import UUID

from gooddata.intelligence.facts.fact import PAGE_VIEWS, Fact
from gooddata.intelligence.facts.goals import Goals
from gooddata.intelligence.facts.own import OWN
from gooddata.intelligence.facts.scrub import clean_id, clean_text
from gooddata.intelligence.facts.surroundings import NOWHERE, Surroundings, surroundings
from gooddata.intelligence.facts.vectors import FIELDS
from gooddata.intelligence.facts.wire import Context, Group, Properties, Sent, merged
from gooddata.intelligence.identities.claim import CLAIMING, Claim, Named, claim_of
from gooddata.persistence.pseudonym import Pseudonyms

ORDER = "Order Completed"
_WITH_PROPERTIES = PAGE_VIEWS | {"track"}
_EMPTY = Context()
_LONGEST_ENGAGEMENT_MS = 86_400_000
_LARGEST_VALUE = 1e12
_REMEMBERED_PEOPLE = 200_000


class Extractor:
    """Makes facts out of events, by the goals and under the pseudonyms given."""

    def __init__(self, pseudonyms: Pseudonyms, goals: Goals) -> None:
        self._pseudonyms = pseudonyms
        self._goals = goals
        self._visitors: dict[tuple[str, str], UUID] = {}
        self._users: dict[tuple[str, str], UUID] = {}
        self._claims: dict[tuple[UUID, UUID], Claim | None] = {}

    @property
    def allowed(self) -> Mapping[str, frozenset[str]]:
        """The properties that go on to analytics, of the projects that allow any."""
        return self._goals.properties

    def facts(self, groups: Iterable[Group], partition: int = 0, seq: int = 0) -> list[Fact]:
        """The facts of one batch, in its order.

        Raises ValueError when an event's id is no UUID or a group is not whole.
        """
        facts: list[Fact] = []
        for group in groups:
            shared = surroundings(group.context) if group.context is not None else NOWHERE
            ids = group.ids or [None] * len(group.events)
            for sent, at, derived in zip(group.events, group.times, ids, strict=True):
                around = shared if sent.context is None else _own_surroundings(group.context, sent.context)
                facts.append(self._fact(group, sent, at, derived, around, partition, seq, len(facts)))
        return facts

    def _fact(
        self,
        group: Group,
        sent: Sent,
        at: int,
        derived: str | None,
        around: Surroundings,
        partition: int,
        seq: int,
        place: int,
    ) -> Fact:
        project = group.project
        kind = sent.type or "track"
        name = clean_text(sent.name or sent.event if kind == "track" else sent.name)
        user = sent.user or sent.user_id
        # Elsewhere, what is called properties holds traits, of which nothing is kept.
        properties = sent.properties if kind in _WITH_PROPERTIES else None
        if properties is not None and around.path is None and kind in PAGE_VIEWS:
            around = surroundings(merged(group.context or _EMPTY, sent.context or _EMPTY), properties)
        fact = Fact(
            project,
            UUID(derived or sent.id or sent.message_id or ""),
            self._visitor(project, sent.visitor or sent.anonymous_id or user or ""),
            self._user(project, user) if user else None,
            None,
            at,
            kind,
            name,
            around.path,
            around.source,
            around.campaign,
            around.device,
            around.browser,
            around.country,
            None,
            None,
            None,
            None,
            None,
            None,
            None,
            None,
            name is not None and name in self._goals.of(project),
            around.simulated,
            around.automated,
            None,
            partition,
            seq,
            place,
            group.received_at,
        )
        if user or kind in CLAIMING:
            fact.claim = self._claim(kind, sent, fact)
        if properties is not None:
            _read_properties(fact, properties)
        if sent.vector and len(sent.vector) == len(FIELDS.fields) and around.vector_version == FIELDS.version:
            # In the table's 32 bits, so that what is read back is what was scored.
            fact.vector = array("f", sent.vector).tolist()
            fact.vector_version = FIELDS.version
        return fact

    def _visitor(self, project: str, visitor: str) -> UUID:
        return _remembered(self._visitors, self._pseudonyms.visitor, project, visitor)

    def _user(self, project: str, user: str) -> UUID:
        return _remembered(self._users, self._pseudonyms.user, project, user)

    def _claim(self, kind: str, sent: Sent, fact: Fact) -> Claim | None:
        if fact.user is None or kind in ("alias", "group"):
            return self._read_claim(kind, sent, fact)
        # Whoever is signed in claims the same with every event. (Pseudonyms differ from project to project.)
        pair = (fact.visitor, fact.user)
        if pair not in self._claims:
            if len(self._claims) >= _REMEMBERED_PEOPLE:
                self._claims.clear()
            self._claims[pair] = self._read_claim(kind, sent, fact)
        return self._claims[pair]

    def _read_claim(self, kind: str, sent: Sent, fact: Fact) -> Claim | None:
        # An empty user is a user sent in vain, which an absent one is not.
        user = sent.user or (sent.user if sent.user_id is None else sent.user_id)
        visitor = sent.visitor or sent.anonymous_id or None
        named = Named(kind, visitor, user, sent.previous_id, sent.group_id, sent.group_type)
        return claim_of(fact.project_id, named, fact.visitor, fact.user, self._pseudonyms)


def _remembered(known: dict[tuple[str, str], UUID], pseudonym: Any, project: str, person: str) -> UUID:
    """A person's pseudonym, kept, since deriving it costs more than all else that is done to an event here."""
    found = known.get((project, person))
    if found is None:
        if len(known) >= _REMEMBERED_PEOPLE:
            known.clear()
        found = known[project, person] = UUID(pseudonym(project, person).bytes)
    return found


def _own_surroundings(shared: Context | None, own: Context) -> Surroundings:
    return surroundings(own if shared is None else merged(shared, own))


def _read_properties(fact: Fact, properties: Properties) -> None:
    if fact.name is not None and fact.name.startswith("$"):
        if own := OWN.get(fact.name):
            fact.properties = own.of(properties)
            return
        if properties.engaged_ms is None and properties.scroll_depth is None and properties.scroll is None:
            return
        engaged = _number(properties.engaged_ms)
        if engaged is not None:
            fact.engaged_ms = int(min(max(engaged, 0.0), _LONGEST_ENGAGEMENT_MS))
        scroll = _first_number(properties.scroll_depth, properties.scroll)
        if scroll is not None:
            # Whole percents are exact in the table's 32-bit column, so that what is read back is what was counted.
            fact.scroll = float(round(min(max(scroll, 0.0), 100.0)))
        return
    fact.product = clean_id(properties.product_id or properties.sku or properties.productId or properties.item_id)
    fact.category = clean_text(properties.category)
    price = _first_number(properties.price, properties.value)
    if price is not None:
        quantity = _number(properties.quantity)
        fact.value = _amount(price * (1.0 if quantity is None else quantity))
    if fact.name == ORDER:
        fact.revenue = _amount(_first_number(properties.revenue, properties.total))
    elif fact.goal:
        fact.revenue = _amount(_number(properties.revenue))


def _first_number(*values: Any) -> float | None:
    for value in values:
        if value is not None and (number := _number(value)) is not None:
            return number
    return None


def _number(value: Any) -> float | None:
    """A finite number, also where it was sent as text; else None."""
    if value is None:
        return None
    if type(value) is str and value.isascii() and len(value) <= 32:
        try:
            value = float(value)
        except ValueError:
            return None
    if type(value) not in (int, float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _amount(value: float | None) -> float | None:
    """An amount of money to a hundredth of a cent; None where it is absurd."""
    return round(value, 4) if value is not None and abs(value) <= _LARGEST_VALUE else None
