"""The values of a dimension that stand out, among sessions that pass."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from gooddata.blocks.block import OF_SESSIONS, Array
from gooddata.serving.columns.choose import Part, Stretch, parts
from gooddata.serving.columns.day import Pairs, bounds_of, by_value, joined
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
_TEXTS = {"page": "path", "exit": "path", "event": "name", "goal": "name"}
_OCCURRING = {"page": "path", "event": "name", "goal": "goal"}
_COLUMNS = {"events": "events", "pageviews": "pageviews", "conversions": "goals"}


class _Visits(msgspec.Struct, frozen=True):
    """Of a part the value of each visit (n,); the chosen `visits` by their places, or all, and their `own` values; by
    value, how many sessions began with it and how many visits have it."""

    part: Part
    values: Array
    visits: Array | slice
    own: Array
    sessions: Array
    of_value: Array


class Occurring(msgspec.Struct, frozen=True):
    """Of a part, the values that occur in visits; which of the pairs are the chosen visits' (p,), None: all; and by
    value (k,) the measure by which it stands out, and how many visits have it."""

    part: Part
    pairs: Pairs
    chosen: Array | None
    measure: Array
    visits: Array


def by_values(
    stretch: Stretch, filters: Sequence[Condition], since: int, until: int, dimension: str, limit: int, offset: int
) -> dict[str, Any]:
    """Rows of `value`, MEASURES and `visitors`, the greatest first, from the `offset`-th on; and how many `values`
    there are. Visits count for what their session was entered by; events for their own page and name."""
    texts = stretch.names[_TEXTS.get(dimension, dimension)].texts
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
            visits += each.of_value
        own = of_visits
    else:
        occurred = each_of(lambda part: occurring(part, _OCCURRING[dimension], BY[dimension]), found)
        for one in occurred:
            measure[one.pairs.values] += one.measure
            visits[one.pairs.values] += one.visits
        own = occurred
        if dimension == "page":
            entries += sum(each_of(lambda part: _entries(part, since, until, size), found))
    there = visits + entries
    chosen = _greatest(measure, there, texts, offset + limit)[offset:]
    rows = rows_of(own, chosen, visits, entries)
    told = [{"value": texts[number]} | row for number, row in rows]
    return {"rows": told, "values": int(np.count_nonzero(there[1:]))}


def _by_visit(part: Part, values: Array, since: int, until: int, size: int) -> _Visits:
    began, there = part.began(since, until), part.there
    visits = slice(None) if there.all() else np.flatnonzero(there)
    own = values[visits]
    of_value = np.bincount(own, minlength=size)
    # Nearly all visits begin their session.
    others, before = (
        np.bincount(values[np.flatnonzero(such)], minlength=size) for such in (began & ~there, there & ~began)
    )
    return _Visits(part, values, visits, own, of_value + others - before, of_value)


def _entries(part: Part, since: int, until: int, size: int) -> Array:
    return np.bincount(part.day.of["entry"][np.flatnonzero(part.began(since, until))], minlength=size)


def occurring(part: Part, kind: str, measure: str) -> Occurring:
    """`kind` is one of `Day.pairs`, `measure` one of MEASURES that is counted by events."""
    pairs = part.day.pairs(kind, part.events)
    column = _COLUMNS[measure]
    if part.chosen.all():
        return Occurring(part, pairs, None, pairs.sums[column], np.diff(pairs.bounds))
    chosen = part.chosen.take(pairs.visit)
    return Occurring(part, pairs, chosen, pairs.by_value(getattr(pairs, column) * chosen), pairs.by_value(chosen))


def _greatest(measure: Array, there: Array, texts: Sequence[str | None], count: int) -> list[int]:
    """Numbers of the first values that occurred, by measure, then by visits, then by text."""
    found = np.flatnonzero(there)
    found = found[found > 0]
    found = found[np.lexsort((-there[found], -measure[found]))]
    if count < len(found):
        # With those that are alike to the last one, of which texts decide.
        last = found[count - 1]
        alike = (measure[found] == measure[last]) & (there[found] == there[last])
        found = found[: max(count, int(np.flatnonzero(alike)[-1]) + 1)]
    order = sorted(found.tolist(), key=lambda each: (-measure[each], -there[each], texts[each] or ""))
    return order[:count]


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
    """Of every value the group that it is, `count` for those that are not chosen; which groups (count + 1,) are so
    `large` that their sampled visits are enough."""

    place: Array
    large: Array
    count: int

    def of_values(self, each: _Visits) -> _Told:
        part, day = each.part, each.part.day
        group = self.place[each.own]
        counts = np.zeros((len(MEASURES), self.count + 1), "i8")
        for name in _COLUMNS:
            counts[MEASURES.index(name)] = np.bincount(group, of(part, name)[each.visits], self.count + 1)
        counts[_SESSIONS] = np.bincount(self.place, each.sessions, self.count + 1)
        rest = np.flatnonzero(~self.large[group] & (group < self.count))
        visits = rest if isinstance(each.visits, slice) else each.visits[rest]
        heads, groups = [day.visitor[visits]], [group[rest]]
        if self.large.any():
            sampled = day.sampled[part.there[day.sampled]]
            own = self.place[each.values[sampled]]
            such = self.large[own]
            heads.append(day.visitor[sampled[such]])
            groups.append(own[such])
        return _Told(counts, heads, groups)

    def of_pairs(self, each: Occurring) -> _Told:
        pairs = each.pairs
        group = self.place[pairs.values]
        which = np.flatnonzero(group < self.count)
        group = group[which]
        counts = np.zeros((len(MEASURES), self.count + 1), "i8")
        for name, column in _COLUMNS.items():
            counts[MEASURES.index(name)] = np.bincount(group, _sums(each, which, column), self.count + 1)
        rest = ~self.large[group]
        found = [_visits_of(each, which[rest], group[rest])]
        if self.large.any():
            found.append(_sampled_of(each, self.place, self.large))
        visitor = each.part.day.visitor
        return _Told(counts, [visitor[visit] for visit, _ in found], [own for _, own in found])


def _sums(each: Occurring, which: Array, column: str) -> Array:
    """Of values (w,) by their places, what a column of the pairs of chosen visits comes to."""
    pairs = each.pairs
    if each.chosen is None:
        return pairs.sums[column][which]
    spans = pairs.spans(which)
    chosen = joined(each.chosen, spans)
    return by_value(joined(getattr(pairs, column), spans) * chosen, bounds_of(spans))


def _visits_of(each: Occurring, which: Array, group: Array) -> tuple[Array, Array]:
    """The chosen visits of some values (w,), by their places, and the group of each."""
    spans = each.pairs.spans(which)
    visit, own = joined(each.pairs.visit, spans), np.repeat(group, [end - begin for begin, end in spans])
    if each.chosen is not None:
        passed = np.flatnonzero(joined(each.chosen, spans))
        visit, own = visit[passed], own[passed]
    return visit, own


def _sampled_of(each: Occurring, place: Array, large: Array) -> tuple[Array, Array]:
    """The same of the sampled visits of values that are in large groups."""
    pairs = each.pairs
    own = place[pairs.values][pairs.sampled_values]
    such = large[own] if each.chosen is None else large[own] & each.chosen[pairs.sampled]
    return pairs.visit[pairs.sampled[such]], own[such]
