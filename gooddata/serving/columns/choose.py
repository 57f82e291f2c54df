"""Which visits pass filters, and what they come to within a period."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar

import msgspec
import numpy as np

from gooddata.blocks.block import GOAL, OF_SESSIONS, Array
from gooddata.serving.columns.day import DAY_SECONDS, Day, Visits
from gooddata.serving.columns.filters import Comparison, Condition, Filter
from gooddata.serving.columns.measured import measured
from gooddata.serving.columns.names import Names
from gooddata.serving.columns.scores import Scores
from gooddata.serving.columns.threads import each as each_of

_T = TypeVar("_T")

# The panels of a page ask about the same sessions at the same time, and what they share is worked out once: parts of
# so many periods and filters are remembered, as long as the days are what they are.
MOST_SHARED = 4


class Stretch(msgspec.Struct, frozen=True, eq=False):
    """Days in order, some of which may be missing, with the names of their project; and by task the scores that were
    asked for: those of the sessions of each day, and those of visitors."""

    days: Sequence[Day]
    names: Mapping[str, Names]
    session_scores: Mapping[str, Sequence[Scores]] = {}
    visitor_scores: Mapping[str, Scores] = {}
    shared: dict[Any, Future[Any]] = {}
    sharing: Lock = msgspec.field(default_factory=Lock)

    def share(self, key: Any, make: Callable[[], _T]) -> _T:
        """What has been made under the key, or is made now, while only those wait who ask for the same."""
        with self.sharing:
            known: Future[_T] | None = self.shared.pop(key, None)
            made = self.shared[key] = known or Future()
            if len(self.shared) > MOST_SHARED:
                del self.shared[next(iter(self.shared))]
        if known is None:
            try:
                made.set_result(make())
            except BaseException as failure:
                with self.sharing:
                    self.shared.pop(key, None)
                made.set_exception(failure)
        return made.result()

    @property
    def bytes(self) -> int:
        """Of what is shared."""
        with self.sharing:
            made = [each.result() for each in self.shared.values() if each.done() and not each.exception()]
        return sum(part.bytes for parts in made for part in parts)

    def links(self) -> Iterator[tuple[int, int, Array, Array]]:
        """Sessions that go on past midnight: from which day to which (places in `days`), and of each session the visit
        on the one and on the other. A session lasts a day at most, so that it has no third."""
        for place, (before, after) in enumerate(zip(self.days, self.days[1:], strict=False)):
            if after.start - before.start == DAY_SECONDS:
                yield place, place + 1, *after.going_on(before)

    def bounced(self) -> list[Array]:
        """Of each day the visits with which a session begins that has one page view and no interaction."""
        found = [day.bounced for day in self.days]
        for before, after, visit, same in self.links():
            first, rest = self.days[before].whole, self.days[after].whole
            once = first.pageviews[visit] + rest.pageviews[same] == 1
            found[before] = _changed(
                found[before], visit, once & (first.interactions[visit] + rest.interactions[same] == 0)
            )
        return found

    def converted(self) -> list[Array]:
        """The same of those whose session reaches a goal."""
        found = [day.converted for day in self.days]
        for before, after, visit, same in self.links():
            whole = self.days[before].converted[visit] | self.days[after].converted[same]
            found[before] = _changed(found[before], visit, whole)
        return found

    def exits(self) -> list[Array]:
        """The path with which each visit's session ends."""
        paths = [day.exit.astype("u4") for day in self.days]
        for before, after, visit, same in self.links():
            ends = np.where(paths[after][same] > 0, paths[after][same], paths[before][visit])
            paths[before][visit] = paths[after][same] = ends
        return paths


def _changed(column: Array, places: Array, values: Array) -> Array:
    column = column.copy()
    column[places] = values
    return column


class Part(msgspec.Struct, frozen=True):
    """Of a day, the visits that were chosen (n,), and what they come to within the period; `events` (m,) are those
    within it, or None where all are."""

    place: int  # of the day in its stretch
    day: Day
    chosen: Array
    events: Array | None
    visits: Visits

    @property
    def there(self) -> Array:
        """(n,) Which of the chosen visits had an event within the period."""
        return self.chosen if self.events is None else self.chosen & (self.visits.events > 0)

    def began(self, since: int, until: int) -> Array:
        """(n,) Which of the chosen visits began their session from one moment to another (epoch seconds)."""
        at = self.day.started
        if since <= self.day.start and self.day.start + DAY_SECONDS <= until:
            return self.chosen & self.day.began
        return self.chosen & self.day.began & (at >= since - self.day.start) & (at < until - self.day.start)

    @property
    def bytes(self) -> int:
        if self.events is None:
            return self.chosen.nbytes
        return self.chosen.nbytes + self.events.nbytes + self.visits.bytes

    def by_visits(self) -> "list[Part]":
        """The same in two, the first of visits that lie within the period as a whole: what is known of whole visits
        need not be worked out of their events."""
        if self.events is None:
            return [self]
        whole = self.visits.events == self.day.whole.events
        cut = np.repeat(~whole, np.diff(self.day.bounds)) & self.events
        return [
            Part(self.place, self.day, self.chosen & whole, None, self.day.whole),
            Part(self.place, self.day, self.chosen & ~whole, cut, self.visits),
        ]

    def events_of(self, visits: Array) -> tuple[Array, Array]:
        """The places of the events, within the period, of some visits (n,) bool; and the visit of each."""
        own, visit = self.day.events_of(np.flatnonzero(visits))
        if self.events is None:
            return own, visit
        within = self.events[own]
        return own[within], visit[within]


def parts(stretch: Stretch, filters: Sequence[Condition], since: int, until: int) -> list[Part]:
    """Of the days that lie in the period, at least in part; filters look at whole sessions, beyond it as well."""
    return stretch.share((*filters, since, until), lambda: _parts(stretch, filters, since, until))


def _parts(stretch: Stretch, filters: Sequence[Condition], since: int, until: int) -> list[Part]:
    found = []
    for place, (day, passed) in enumerate(zip(stretch.days, passing(stretch, filters), strict=True)):
        if day.start >= until or day.start + DAY_SECONDS <= since:
            continue
        if since <= day.start and day.start + DAY_SECONDS <= until:
            found.append(Part(place, day, passed, None, day.whole))
        else:
            within = day.within(since, until)
            found.append(Part(place, day, passed, within, day.visits_within(since, until)))
    return found


def passing(stretch: Stretch, filters: Sequence[Condition]) -> list[Array]:
    """Of each day the visits (n,) whose sessions pass all of the filters."""
    chosen = [np.ones(day.visits, bool) for day in stretch.days]
    for each in filters:
        for place, holds in enumerate(_holding(stretch, each)):
            chosen[place] &= holds
    return chosen


class Wanted(msgspec.Struct, frozen=True):
    """Which events are such: of a page, a name, or a goal of a name."""

    kind: str  # path or name
    such: Array  # by number
    goals: bool

    @classmethod
    def by(cls, each: Filter, names: Mapping[str, Names]) -> "Wanted":
        kind = "path" if each.dimension == "page" else "name"
        return cls(kind, names[kind].which(each.holds()), each.dimension == "goal")

    def visits(self, day: Day) -> Array:
        """(n,) The visits that have such an event."""
        pairs = day.pairs(self.kind, None)
        places = pairs.of(self.such)
        if self.goals:
            places = places[pairs.goals[places] > 0]
        found = np.zeros(day.visits, bool)
        found[pairs.visit[places]] = True
        return found

    def count(self, day: Day) -> int:
        """How many events of the day are such."""
        pairs = day.pairs(self.kind, None)
        return int((pairs.goals if self.goals else pairs.events)[pairs.of(self.such)].sum())

    def among(self, day: Day, events: Array) -> Array:
        """Which of the events, given by their places, are such."""
        holds = self.such[(day.path if self.kind == "path" else day.name)[events]]
        if self.goals:
            holds &= (day.flags[events] & GOAL) > 0
        return holds


def _holding(stretch: Stretch, each: Condition) -> list[Array]:
    if isinstance(each, Comparison):
        return [each.holds(values) for values in measured(stretch, each.name)]
    found = _having(stretch, each)
    return [~holds for holds in found] if each.negated else found


def _having(stretch: Stretch, each: Filter) -> list[Array]:
    """Those that `each` holds for, or is negated of."""
    kind = each.dimension
    if kind in OF_SESSIONS:
        such = stretch.names[kind].which(each.holds())
        return [such[day.of[kind]] for day in stretch.days]
    if kind == "exit":
        such = stretch.names["path"].which(each.holds())
        return [such[exits] for exits in stretch.exits()]
    wanted = Wanted.by(each, stretch.names)
    found = each_of(wanted.visits, stretch.days)
    for before, after, visit, same in stretch.links():
        found[before][visit] = found[after][same] = found[before][visit] | found[after][same]
    return found
