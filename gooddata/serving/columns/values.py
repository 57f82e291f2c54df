"""The values of a dimension that stand out, among sessions that pass."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from gooddata.blocks.block import GOAL, OF_SESSIONS, Array
from gooddata.serving.columns.choose import Part, Stretch, parts
from gooddata.serving.columns.day import Pairs
from gooddata.serving.columns.filters import Condition
from gooddata.serving.columns.people import different, takes_sample
from gooddata.serving.columns.threads import each as each_of
from gooddata.serving.columns.totals import of

MEASURES = ("events", "pageviews", "sessions", "conversions")
_SESSIONS = MEASURES.index("sessions")
# By which measure values stand out.
BY = {
    "page": "pageviews", "entry": "sessions", "exit": "sessions", "source": "sessions", "campaign": "sessions",
    "country": "sessions", "device": "sessions", "browser": "sessions", "event": "events", "goal": "conversions",
}  # fmt: skip
_KINDS = {"page": "path", "exit": "path", "event": "name", "goal": "name"}
VISITS = "visits"
_COLUMNS = {"events": "events", "pageviews": "pageviews", "conversions": "goals"}


class _Visits(msgspec.Struct, frozen=True):
    """Of a part, the value of each visit (n,); by value, how many sessions began with it and how many
    visits have it."""

    part: Part
    own: Array
    sessions: Array
    visits: Array


class Occurring(msgspec.Struct, frozen=True):
    """Of a part, the values that occur in visits; which of the pairs are the chosen visits' (p,), None: all; and what
    they come to by value (k,)."""

    part: Part
    pairs: Pairs
    chosen: Array | None
    sums: dict[str, Array]


def by_values(
    stretch: Stretch, filters: Sequence[Condition], since: int, until: int, dimension: str, limit: int, offset: int
) -> dict[str, Any]:
    """Rows of `value`, MEASURES and `visitors`, the greatest first, from the `offset`-th on; and how many `values`
    there are. Visits count for what their session was entered by; events for their own page and name."""
    kind = _KINDS.get(dimension, dimension)
    texts = stretch.names[kind].texts
    size = len(texts)
    found = [piece for part in parts(stretch, filters, since, until) for piece in part.by_visits()]
    # By the value's number: the measure by which it stands out, and how many visits have it.
    measure, visits, entries = (np.zeros(size, "i8") for _ in range(3))
    own: Sequence[_Visits | Occurring]
    if dimension in OF_SESSIONS or dimension == "exit":
        exits = stretch.exits() if dimension == "exit" else None
        by_visit = [(part, part.day.of[dimension] if exits is None else exits[part.place]) for part in found]
        of_visits = each_of(lambda each: _by_visit(*each, since, until, size), by_visit)
        for each in of_visits:
            measure += each.sessions
            visits += each.visits
        own = of_visits
    else:
        occurred = each_of(lambda part: occurring(part, kind, dimension == "goal"), found)
        for one in occurred:
            measure[one.pairs.values] += one.sums[BY[dimension]]
            visits[one.pairs.values] += one.sums[VISITS]
        own = occurred
        if dimension == "page":
            entries += sum(each_of(lambda part: _entries(part, since, until, size), found))
    order = _greatest(measure, visits + entries, texts)
    rows = rows_of(own, order[offset : offset + limit], visits, entries)
    return {"rows": [{"value": texts[number]} | row for number, row in rows], "values": len(order)}


def _by_visit(part: Part, values: Array, since: int, until: int, size: int) -> _Visits:
    began = part.began(since, until)
    sessions = np.bincount(values[began], minlength=size)
    return _Visits(part, values, sessions, np.bincount(values[part.there], minlength=size))


def _entries(part: Part, since: int, until: int, size: int) -> Array:
    return np.bincount(part.day.of["entry"][part.began(since, until)], minlength=size)


def occurring(part: Part, kind: str, goals: bool) -> Occurring:
    events = part.events
    if goals:
        reached = (part.day.flags & GOAL) > 0
        events = reached if events is None else events & reached
    pairs = part.day.pairs(kind, events)
    chosen = None if part.chosen.all() else part.chosen.take(pairs.visit)
    columns = {name: getattr(pairs, column) for name, column in _COLUMNS.items()}
    sums = {name: pairs.sums(column if chosen is None else column * chosen) for name, column in columns.items()}
    sums[VISITS] = np.diff(pairs.bounds) if chosen is None else pairs.sums(chosen)
    return Occurring(part, pairs, chosen, sums)


def _greatest(measure: Array, there: Array, texts: Sequence[str | None]) -> list[int]:
    """Numbers of values that occurred, by measure, then by visits, then by text."""
    found = np.flatnonzero(there)
    found = found[found > 0]
    return sorted(found.tolist(), key=lambda each: (-measure[each], -there[each], texts[each] or ""))


def rows_of(
    own: Sequence[_Visits | Occurring], chosen: Sequence[int], visits: Array, entries: Array
) -> list[tuple[int, dict[str, int]]]:
    """Everything about the chosen values alone."""
    count = len(chosen)
    place = np.full(len(visits), count, "u4")
    place[list(chosen)] = np.arange(count)
    of_chosen = np.append(visits[list(chosen)], 0)
    asked = _Asked(place, takes_sample(of_chosen), count)
    told = each_of(lambda each: asked.of_values(each) if isinstance(each, _Visits) else asked.of_pairs(each), own)
    counts = sum((each.counts for each in told), np.zeros((len(MEASURES), count + 1), "i8"))
    counts[_SESSIONS, :count] += entries[list(chosen)]
    visitors = different(
        [heads for each in told for heads in each.heads], [group for each in told for group in each.groups], of_chosen
    )
    return [
        (number, dict(zip(MEASURES, counts[:, at].tolist(), strict=True)) | {"visitors": int(visitors[at])})
        for at, number in enumerate(chosen)
    ]


class _Told(msgspec.Struct, frozen=True):
    """Of a part, MEASURES by group (m, count + 1), and visitors with the group of each."""

    counts: Array
    heads: list[Array]
    groups: list[Array]


class _Asked(msgspec.Struct, frozen=True):
    """Of every value the group that it is, `count` for those that are not chosen; which groups are so `large` that
    their sampled visits are enough."""

    place: Array
    large: Array
    count: int

    def of_values(self, each: _Visits) -> _Told:
        part, day = each.part, each.part.day
        group = self.place[each.own]
        visit = np.flatnonzero(part.there & (group < self.count))
        sessions = np.bincount(self.place, each.sessions, self.count + 1)
        group = group[visit]
        counts = self._counts(group, {name: of(part, name)[visit] for name in _COLUMNS})
        counts[_SESSIONS] = sessions
        if self.large.any():
            is_sampled = np.zeros(day.visits, bool)
            is_sampled[day.sampled] = True
            enough = np.flatnonzero(is_sampled[visit] | ~self.large[group])
            visit, group = visit[enough], group[enough]
        return _Told(counts, [day.visitor[visit]], [group])

    def of_pairs(self, each: Occurring) -> _Told:
        day, group = each.part.day, self.place[each.pairs.values]
        counts = self._counts(group, {name: each.sums[name] for name in _COLUMNS})
        found = [_visits_of(each, np.where(self.large[group], self.count, group), self.count)]
        if self.large.any():
            found.append(_sampled_of(each, np.where(self.large[group], group, self.count), self.count))
        return _Told(counts, [day.visitor[visit] for visit, _ in found], [own for _, own in found])

    def _counts(self, group: Array, columns: Mapping[str, Array]) -> Array:
        counts = np.zeros((len(MEASURES), self.count + 1), "i8")
        for name, column in columns.items():
            counts[MEASURES.index(name)] = np.bincount(group, column, self.count + 1)
        return counts


def _visits_of(each: Occurring, group: Array, none: int) -> tuple[Array, Array]:
    """The chosen visits of values whose group (k,) is not `none`, and the group of each."""
    pairs = each.pairs
    which = np.flatnonzero(group != none)
    places, own = pairs.ranges(which), np.repeat(group[which], np.diff(pairs.bounds)[which])
    if each.chosen is not None:
        passed = each.chosen[places]
        places, own = places[passed], own[passed]
    return pairs.visit[places], own


def _sampled_of(each: Occurring, group: Array, none: int) -> tuple[Array, Array]:
    """The same of sampled visits alone."""
    pairs = each.pairs
    places = pairs.sampled
    own = group[pairs.sampled_values]
    passed = own != none if each.chosen is None else (own != none) & each.chosen[places]
    return pairs.visit[places[passed]], own[passed]
