"""The events of a UTC day by columns."""

from collections.abc import Sequence

import msgspec
import numpy as np

from gooddata.blocks.block import GOAL, HOUR_SECONDS, INTERACTION, PAGE_VIEW, Array

DAY_SECONDS = 24 * HOUR_SECONDS

# Of a group with more visits, those of a share of its visitors are counted, chosen by their hashes: the standard error
# is 1.1%. Sorting all would take longer than everything else.
EXACT_UP_TO = 8_192
SAMPLE = 16
"""Of large numbers of visitors, those whose hashes are least are counted, one in so many."""
SAMPLED = np.uint64((1 << 64) // SAMPLE)


class Visits(msgspec.Struct, frozen=True):
    """What visits come to within a span of time: (n,) each. A visit is what a session did within a day."""

    events: Array
    pageviews: Array
    interactions: Array
    goals: Array
    revenue: Array

    @property
    def bytes(self) -> int:
        return sum(getattr(self, name).nbytes for name in self.__struct_fields__)


class Pairs(msgspec.Struct, frozen=True):
    """Which values occur in which visits: (k,) `values` that occur, (k + 1,) `bounds`, between which of the pairs a
    value's are. (p,): the `visit`, how many `events` it has of the value, how many of them are page views and goals.
    `sampled` (s,) are the places of pairs whose visit is, and `sampled_values` which of the values is that of each.
    `sums` are (k,): what `events`, `pageviews` and `goals` come to by value."""

    values: Array
    bounds: Array
    visit: Array
    events: Array
    pageviews: Array
    goals: Array
    sampled: Array
    sampled_values: Array
    sums: dict[str, Array]

    @property
    def bytes(self) -> int:
        own = (getattr(self, name) for name in self.__struct_fields__)
        return sum(each.nbytes for each in (*own, *self.sums.values()) if isinstance(each, np.ndarray))

    def of(self, such: Array) -> Array:
        """Places of the pairs whose value is such, by whether each number is."""
        return _ranges(self.bounds, np.flatnonzero(such[self.values]))

    def ranges(self, which: Array) -> Array:
        """Places of the pairs of some values, by the places of these."""
        return _ranges(self.bounds, which)

    def spans(self, which: Array) -> list[tuple[int, int]]:
        """Where the pairs of some values begin and end, by the places of these."""
        return list(zip(self.bounds[which].tolist(), self.bounds[which + 1].tolist(), strict=True))

    def by_value(self, column: Array) -> Array:
        """(k,) Sums of a column (p,) by value."""
        return by_value(column, self.bounds)


class Day(msgspec.Struct, frozen=True):
    """Visits in the order of their sessions' ids, and of each its events by time.

    (n,): `session`, `visitor` (the first eight bytes of their ids), `started` (seconds from the day's start, below zero
    where the session began before it), `first` and `last` second with an event, `exit` (the path of the last event that
    has one), `engaged_ms`, `of` by OF_SESSIONS. (n + 1,): `bounds`, between which of the events its own are. (m,):
    `second`, `flags`, `path`, `name`. Paths, names and those of sessions are numbers of `Names`. `sampled` are the
    visits of one visitor in SAMPLE; `by_visitor` (n,) are all, by their visitors.
    """

    start: int  # epoch seconds
    session: Array
    visitor: Array
    started: Array
    of: dict[str, Array]
    bounds: Array
    second: Array
    flags: Array
    path: Array
    name: Array
    revenue_at: Array
    revenue: Array
    first: Array
    last: Array
    exit: Array
    whole: Visits
    engaged_ms: Array
    bounced: Array
    converted: Array
    sampled: Array
    by_visitor: Array
    pairs_made: dict[str, Pairs]
    links_made: dict[int, tuple["Day", Array, Array]]

    @property
    def visits(self) -> int:
        return len(self.session)

    @property
    def began(self) -> Array:
        """(n,) Whether the session began on this day."""
        return self.started >= 0

    @property
    def bytes(self) -> int:
        own = (getattr(self, name) for name in self.__struct_fields__)
        flat = [each for each in own if isinstance(each, np.ndarray)]
        inner = self.whole.bytes + sum(pairs.bytes for pairs in self.pairs_made.values())
        return sum(each.nbytes for each in (*flat, *self.of.values())) + inner

    def visit_of_events(self) -> Array:
        """(m,) To which visit each event belongs."""
        return np.repeat(np.arange(self.visits, dtype="u4"), np.diff(self.bounds))

    def _visits_of(self, places: Array) -> Array:
        """To which visit each of some events belongs."""
        if len(places) > len(self.path) // 16:
            return self.visit_of_events()[places]
        return (np.searchsorted(self.bounds, places, side="right") - 1).astype("u4")

    def going_on(self, before: "Day") -> tuple[Array, Array]:
        """Sessions that go on from the day before: of each the visit there, and the one here."""
        known = self.links_made.get(before.start)
        if known is not None and known[0] is before:
            return known[1:]
        goes_on = np.flatnonzero(self.started < 0)
        where = np.minimum(np.searchsorted(before.session, self.session[goes_on]), before.visits - 1)
        same = before.session[where] == self.session[goes_on] if before.visits else np.zeros(len(goes_on), bool)
        found = where[same], goes_on[same]
        self.links_made[before.start] = (before, *found)
        return found

    def events_of(self, visits: Array) -> tuple[Array, Array]:
        """The places of the events of some visits, and of each the visit; both as the visits are given."""
        return _ranges(self.bounds, visits), np.repeat(visits, np.diff(self.bounds)[visits])

    def pairs(self, kind: str, events: Array | None) -> Pairs:
        """By `kind` the "path" or the "name" of visits' events, or the name of their "goal"s; of all events or of those
        that are chosen (m,)."""
        made = self.pairs_made.get(kind) if events is None else None
        if made is not None:
            return made
        own = self.path if kind == "path" else self.name
        such = events
        if kind == "goal":
            reached = (self.flags & GOAL) > 0
            such = reached if events is None else events & reached
        if such is None:
            found = _pairs(self.visit_of_events(), own, self.flags, self.sampled)
        else:
            places = np.flatnonzero(such)
            found = _pairs(self._visits_of(places), own[places], self.flags[places], self.sampled)
        if events is None:
            self.pairs_made[kind] = found
        return found

    def least(self, visits: Array, count: int) -> Array:
        """Of the visits that are such (n,), `count` of them, those that are enough to tell how many visitors they have
        (see `different`), by their visitors."""
        own = self.by_visitor
        if count > EXACT_UP_TO:
            share = EXACT_UP_TO / count
            own = own[: np.count_nonzero(self.visitor <= np.uint64(share * 2.0**64))]
        return own[visits[own]]

    def within(self, since: int, until: int) -> Array:
        """(m,) bool: the events from one moment to another (epoch seconds)."""
        return (self.second >= since - self.start) & (self.second < until - self.start)

    def visits_within(self, since: int, until: int) -> Visits:
        """What the events from one moment to another (epoch seconds) come to, by visit: only those of visits that are
        cut are gone through."""
        since, until = since - self.start, until - self.start
        inside = (self.first >= since) & (self.last < until)
        cut = ~inside & (self.first < until) & (self.last >= since)
        events, visit = self.events_of(np.flatnonzero(cut))
        within = (self.second[events] >= since) & (self.second[events] < until)
        visit, flags = visit[within], self.flags[events[within]]
        brought = np.searchsorted(self.bounds, self.revenue_at, side="right") - 1
        own = cut[brought] & (self.second[self.revenue_at] >= since) & (self.second[self.revenue_at] < until)

        def counts(whole: Array, such: Array) -> Array:
            return (whole * inside + np.bincount(visit[such > 0], minlength=self.visits)).astype("u4")

        return Visits(
            counts(self.whole.events, np.ones(len(visit), bool)),
            counts(self.whole.pageviews, flags & PAGE_VIEW),
            counts(self.whole.interactions, flags & INTERACTION),
            counts(self.whole.goals, flags & GOAL),
            self.whole.revenue * inside + np.bincount(brought[own], self.revenue[own], self.visits),
        )


def by_value(column: Array, bounds: Array) -> Array:
    """Sums of what lies between each two bounds, which are apart."""
    return np.add.reduceat(column, bounds[:-1], dtype="u4") if len(bounds) > 1 else np.zeros(0, "u4")


def _pairs(visit: Array, value: Array, flags: Array, sampled: Array) -> Pairs:
    """By sorting numbers that are the value, the visit and the flags at once."""
    there = value > 0
    packed = value[there].astype("u8") << np.uint64(35) | visit[there].astype("u8") << np.uint64(3)
    packed = np.sort(packed | flags[there] & (PAGE_VIEW | GOAL))
    key = packed >> np.uint64(3)
    first = np.flatnonzero(key[1:] != key[:-1]) + 1
    first = np.concatenate([[0], first]) if len(key) else first
    bits = packed.astype("u1")
    own = (key[first] >> np.uint64(32)).astype("u4")
    begins = np.concatenate([[0], np.flatnonzero(own[1:] != own[:-1]) + 1]) if len(own) else first
    visits = key[first].astype("u4")
    is_sampled = np.zeros(int(visit[-1]) + 1 if len(visit) else 0, bool)
    is_sampled[sampled[sampled < len(is_sampled)]] = True
    of_sampled = np.flatnonzero(is_sampled[visits]).astype("u4")
    bounds = np.append(begins, len(own)).astype("u4")
    columns = {
        "events": narrow(np.diff(np.append(first, len(key)))),
        "pageviews": _sums(bits & PAGE_VIEW, first),
        "goals": _sums((bits & GOAL) >> 2, first),
    }
    return Pairs(
        values=own[begins],
        bounds=bounds,
        visit=visits,
        **columns,
        sums={name: by_value(column, bounds) for name, column in columns.items()},
        sampled=of_sampled,
        sampled_values=narrow(np.searchsorted(begins, of_sampled, side="right") - 1),
    )


def _sums(column: Array, first: Array) -> Array:
    return narrow(np.add.reduceat(column, first, dtype="u4")) if len(first) else column.astype("u4")


def _ranges(bounds: Array, chosen: Array) -> Array:
    """Places from bounds[i] up to bounds[i + 1], for each i of `chosen`, one after another."""
    begins, counts = bounds[chosen].astype("i8"), np.diff(bounds)[chosen].astype("i8")
    ends = np.cumsum(counts)
    return np.repeat(begins - (ends - counts), counts) + np.arange(int(ends[-1]) if len(ends) else 0)


def joined(column: Array, spans: Sequence[tuple[int, int]]) -> Array:
    """Parts of a column, one after another."""
    return np.concatenate([column[begin:end] for begin, end in spans]) if spans else column[:0]


def bounds_of(spans: Sequence[tuple[int, int]]) -> Array:
    """Bounds of parts that were joined."""
    return np.cumsum([0, *(end - begin for begin, end in spans)])


def narrow(numbers: Array) -> Array:
    return numbers.astype(np.min_scalar_type(int(numbers.max()))) if len(numbers) else numbers
