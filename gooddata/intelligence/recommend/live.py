"""The recommender of a project as it answers visitors: fed by sessions as they go on, bounded, and able to forget."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from gooddata.intelligence.moments import DAY_MS
from gooddata.intelligence.recommend.candidates import REMEMBERED
from gooddata.intelligence.recommend.clicks import SESSIONS, Clicks
from gooddata.intelligence.recommend.index import Index
from gooddata.intelligence.recommend.ranking import Ranking
from gooddata.intelligence.recommend.recommender import Recommender
from gooddata.intelligence.recommend.rules import Catalogue, diverse
from gooddata.persistence.items import RecommendationRules
from gooddata.recommending import Asked, Recommended, Told

NEW_MS = DAY_MS  # for which an item is new
_SLACK = 1.25  # times `most` sessions, from which on the oldest go
_CONSIDERED = 3  # times what is asked for, from which diversity chooses
TRENDING = 500  # items that are trending, at most
ANSWERS = 10_000  # that are kept until the next refresh
_OF_NEW = 10  # places, of which one is for what is new


class Anew(NamedTuple):
    """A recommender of fewer sessions, and which they are."""

    recommender: Recommender
    sessions: list[tuple[UUID, UUID]]
    numbers: dict[UUID, int]
    of_visitor: dict[UUID, list[UUID]]


class Live:
    """A project's sessions by their ids, the newest `most` of them, and what follows from them.

    `items_set` says which word of the owner's on items it has, `unreadable` which model it could not take up.
    """

    def __init__(self, pages: bool, most: int = SESSIONS) -> None:
        self.pages = pages
        self.rules = RecommendationRules()
        self.catalogue = Catalogue()
        self.model: int | None = None
        self.items_set: tuple[Any, ...] = ()
        self.unreadable: int | None = None
        self._most = most
        self._recommender = Recommender(Index(), None)
        self._numbers: dict[UUID, int] = {}
        self._known: dict[UUID, int] = {}
        self._sessions: list[tuple[UUID, UUID]] = []
        self._of_visitor: dict[UUID, list[UUID]] = {}
        self._bought: dict[UUID, set[str]] = {}
        self._has_gaps = False
        self._first_seen: dict[str, int] = {}
        self._forgotten: list[UUID] = []
        self._answers: dict[tuple[int, ...], list[str]] = {}

    @property
    def sessions(self) -> int:
        return len(self._numbers)

    def rank_by(self, ranking: Ranking | None, model: int | None) -> None:
        """From now on this model orders what is found."""
        self._recommender.ranking, self.model = ranking, model
        self._answers.clear()

    def put(self, clicks: Clicks, at: int) -> None:
        """Takes a session as it is at `at` (epoch ms); what was known of it before stays in front."""
        known = self._known.get(clicks.session, 0)
        if clicks.bought:
            self._bought.setdefault(clicks.visitor, set()).update(clicks.bought)
        if len(clicks.items) <= known:
            return
        index = self._recommender.index
        number = self._numbers.get(clicks.session)
        if number is None:
            number = self._numbers[clicks.session] = index.begin()
            self._sessions.append((clicks.session, clicks.visitor))
            self._of_visitor.setdefault(clicks.visitor, []).append(clicks.session)
        for item in clicks.items[known:]:
            if index.number(item) is None:
                self._first_seen[item] = at
            index.add(number, item)
        self._known[clicks.session] = len(clicks.items)
        for item, category in clicks.categories.items():
            self.catalogue.learn(item, category)

    def knows(self, visitor: UUID) -> bool:
        return visitor in self._of_visitor

    def forget(self, visitor: UUID) -> None:
        """Nothing is answered from this visitor's sessions any more; `renew` removes what is left of them."""
        for session in self._of_visitor.pop(visitor, ()):
            self._recommender.index.clear(self._numbers.pop(session))
            self._known.pop(session, None)
            self._has_gaps = True
        self._bought.pop(visitor, None)
        self._answers.clear()
        self._forgotten.append(visitor)

    @property
    def is_due(self) -> bool:
        """Whether `renew` has something to do: too many sessions, or some that were forgotten."""
        return self._has_gaps or len(self._recommender.index) > self._most * _SLACK

    def made_anew(self) -> "Anew":
        """Everything, of the newest sessions that are not forgotten: it takes a moment, and may be worked out in a
        thread while questions are answered, but none `put`."""
        self._forgotten = []
        recommender = self._recommender
        index, kept = recommender.index.newest(self._most)
        sessions = [self._sessions[number] for number in kept.tolist()]
        numbers = {session: number for number, (session, _) in enumerate(sessions)}
        of_visitor: dict[UUID, list[UUID]] = {}
        for session, visitor in sessions:
            of_visitor.setdefault(visitor, []).append(session)
        return Anew(Recommender(index, recommender.ranking), sessions, numbers, of_visitor)

    def renew(self, anew: "Anew") -> None:
        """Goes on with it. Who was forgotten meanwhile is forgotten again."""
        known, bought = self._known, self._bought
        self._recommender, self._sessions, self._numbers, self._of_visitor = anew
        self._known = {session: known.get(session, 0) for session in self._numbers}
        self._bought = {visitor: own for visitor, own in bought.items() if visitor in self._of_visitor}
        self._has_gaps = False
        self._answers.clear()
        # An item that nobody has seen who is still here is not known any more.
        numbered = self._recommender.index.number
        self._first_seen = {item: at for item, at in self._first_seen.items() if numbered(item) is not None}
        self.catalogue.keep(lambda item: numbered(item) is not None)
        for visitor in list(self._forgotten):
            self.forget(visitor)

    def refresh(self, now: int) -> None:
        """Takes note of what is trending and what is new at `now` (epoch ms)."""
        self._recommender.refresh()
        self._answers.clear()
        self._first_seen = {item: at for item, at in self._first_seen.items() if at > now - NEW_MS}

    def answer(self, asked: Asked, own: Sequence[Clicks] = ()) -> Told:
        """`own` are the visitor's sessions, oldest first, where they are not known here."""
        rules = self._rules_for(asked)
        index = self._recommender.index
        seen = [*self._items_of(asked.visitor, own), *asked.items]
        excluded = {*asked.exclude, *(seen if asked.exclude_seen else seen[-1:])}
        if rules.exclude_bought:
            excluded |= self._bought.get(asked.visitor, set()) if asked.visitor is not None else set()
            excluded.update(*(each.bought for each in own))
        known = tuple(index.numbers(seen[-REMEMBERED:]))
        if asked.similar_to is not None:
            excluded.add(asked.similar_to)
        chooses = rules.diversity > 0 and self.catalogue.has_categories
        wanted = asked.count * (_CONSIDERED if chooses else 1)
        allowed: dict[str, str] = {}
        for item, why in self._found(asked, known):
            if item not in allowed and self._is_allowed(item, excluded, asked.category):
                allowed[item] = why
                if len(allowed) == wanted:
                    break
        chosen = diverse(list(allowed), asked.count, rules.diversity, self.catalogue)
        if rules.new_items and asked.similar_to is None:
            self._make_room_for_new(chosen, allowed, excluded, asked)
        told = [Recommended(item, allowed[item], self.catalogue.category(item)) for item in chosen]
        return Told(
            number=asked.number,
            recommendations=told,
            known=len(known),
            model=self.model if known and asked.similar_to is None else None,
            reason=self._reason(asked, len(told)),
        )

    def _found(self, asked: Asked, known: tuple[int, ...]) -> Iterator[tuple[str, str]]:
        """Items, the best first, with why; in the end what is trending."""
        index = self._recommender.index
        if asked.similar_to is not None:
            number = index.number(asked.similar_to)
            if number is not None:
                for item in index.alike(number)[0].tolist():
                    yield index.names[item], "similar"
        elif known:
            for item in self._next(known):
                yield item, "next"
        for item in self._recommender.next_items((), TRENDING):
            yield item, "trending"

    def _next(self, known: tuple[int, ...]) -> list[str]:
        """What comes after known items, the likeliest first. Many have seen the same: they need no more than one
        answer between two calls of `refresh`."""
        found = self._answers.get(known)
        if found is None:
            if len(self._answers) >= ANSWERS:
                self._answers.clear()
            names = self._recommender.index.names
            found = self._answers[known] = [names[item] for item in self._recommender.ranked(known)[0].tolist()]
        return found

    def _rules_for(self, asked: Asked) -> RecommendationRules:
        own = self.rules
        return RecommendationRules(
            own.exclude_bought if asked.exclude_bought is None else asked.exclude_bought,
            own.diversity if asked.diversity is None else asked.diversity,
            own.new_items,
        )

    def _items_of(self, visitor: UUID | None, own: Sequence[Clicks]) -> list[str]:
        """Of the visitor's newest session."""
        if visitor is not None and (sessions := self._of_visitor.get(visitor)):
            return self._recommender.index.items_of(self._numbers[sessions[-1]])
        return next((each.items for each in reversed(own) if each.items), [])

    def _is_allowed(self, item: str, excluded: set[str], category: str | None) -> bool:
        if item in excluded or not self.catalogue.has(item):
            return False
        return category is None or self.catalogue.category(item) == category

    def _make_room_for_new(self, chosen: list[str], found: dict[str, str], excluded: set[str], asked: Asked) -> None:
        """One place of ten, the last ones, is for what came up last: few have seen it, and else nobody ever would.

        Where most items are new, none of them needs that.
        """
        index = self._recommender.index
        if asked.count < _OF_NEW or 2 * len(self._first_seen) > index.items:
            return
        latest = (
            name
            for name in reversed(self._first_seen)
            if name not in chosen and self._is_allowed(name, excluded, asked.category)
        )
        fresh = list(islice(latest, asked.count // _OF_NEW))
        del chosen[asked.count - len(fresh) :]
        chosen += fresh
        found |= dict.fromkeys(fresh, "new")

    def _reason(self, asked: Asked, count: int) -> str | None:
        if count >= asked.count:
            return None
        if not self.sessions:
            return "no session has had an item yet"
        return f"no more than {count} items may be recommended by the rules, of {self._recommender.index.items:,} known"
