"""Which events there were, by name, and how those of one name went over time, among sessions that pass."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from gooddata.blocks.block import Array
from gooddata.serving.columns.choose import Part, Stretch, parts
from gooddata.serving.columns.day import DAY_SECONDS
from gooddata.serving.columns.filters import Condition
from gooddata.serving.columns.people import different
from gooddata.serving.columns.steps import step_of
from gooddata.serving.columns.threads import each as each_of
from gooddata.serving.columns.values import Occurring, occurring, rows_of

Span = tuple[int, int]
"""From one moment up to another, in epoch seconds."""


class _Names(msgspec.Struct, frozen=True):
    """What a span comes to by the number of a name (size,): events, and the visits that have it."""

    own: list[Occurring]
    events: Array
    visits: Array


def by_name(
    stretch: Stretch, filters: Sequence[Condition], span: Span, before: Span, limit: int, offset: int
) -> dict[str, Any]:
    """Rows of the names that occurred in the span or in the one before, the most frequent first, from the `offset`-th
    on; and how many `names` there are. `first_at` and `last_at` are within the span, in epoch milliseconds that are
    whole seconds."""
    texts = stretch.names["name"].texts
    size = len(texts)
    now, earlier = (_names(stretch, filters, each, size) for each in (span, before))
    there = np.flatnonzero((now.visits + earlier.visits)[1:]) + 1
    order = sorted(there.tolist(), key=lambda each: (-now.events[each], -earlier.events[each], texts[each] or ""))
    chosen = order[offset : offset + limit]
    revenue = sum((_revenue(part, size) for part in (each.part for each in now.own)), np.zeros(size))
    first, last = _when(now.own, chosen, size)
    rows = [
        {"event": texts[number]}
        | told
        | {
            "per_visitor": told["events"] / told["visitors"] if told["visitors"] else None,
            "revenue": round(float(revenue[number]), 4),
            "first_at": int(first[at]) * 1_000 if told["events"] else None,
            "last_at": int(last[at]) * 1_000 if told["events"] else None,
            "previous": {name: previous[name] for name in ("events", "visitors", "sessions")},
        }
        for at, (number, told, previous) in enumerate(
            zip(chosen, _told(stretch, now, chosen), _told(stretch, earlier, chosen), strict=True)
        )
    ]
    return {"rows": rows, "names": len(order)}


def over_time(
    stretch: Stretch, filters: Sequence[Condition], since: int, until: int, edges: Sequence[int], name: str
) -> dict[str, list[int]]:
    """Columns, a number for each step: how many events of the name there were, and of how many visitors."""
    count = len(edges) - 1
    such = stretch.names["name"].which(name.__eq__)
    events, visits = np.zeros(count, "i8"), np.zeros(count, "i8")
    heads: list[Array] = []
    groups: list[Array | int] = []
    for part in parts(stretch, filters, since, until):
        at = np.array(edges, "i8") - part.day.start
        single, last = step_of(at, np.array([0, DAY_SECONDS - 1])).tolist()
        if single == last:
            visit, own = visits_of_names(part, such)
            events[single] += own.sum()
            visits[single] += len(visit)
            heads.append(part.day.visitor[visit])
            groups.append(single)
            continue
        places, visit = events_of_names(part, such)
        step = step_of(at, part.day.second[places])
        events += np.bincount(step, minlength=count)
        # Events are by visit and time, so that the same come one after another.
        is_new = np.concatenate([[True], (visit[1:] != visit[:-1]) | (step[1:] != step[:-1])])[: len(visit)]
        visits += np.bincount(step[is_new], minlength=count)
        heads.append(part.day.visitor[visit[is_new]])
        groups.append(step[is_new])
    return {"events": events.tolist(), "visitors": different(heads, groups, visits).tolist()}


def visits_of_names(part: Part, such: Array) -> tuple[Array, Array]:
    """The chosen visits that have an event, within the part, whose name is such by its number, once for each such name;
    and how many they have."""
    pairs = part.day.pairs("name", part.events)
    places = pairs.of(such)
    places = places[part.chosen[pairs.visit[places]]]
    return pairs.visit[places], pairs.events[places].astype("i8")


def events_of_names(part: Part, such: Array) -> tuple[Array, Array]:
    """The places of the chosen visits' events, within the part, whose name is such by its number; and of each the
    visit. Both are in the order of the day."""
    holds = such[part.day.name]
    if part.events is not None:
        holds &= part.events
    places = np.flatnonzero(holds)
    visit = _visit_of(part, places)
    passed = part.chosen[visit]
    return (places, visit) if passed.all() else (places[passed], visit[passed])


def _visit_of(part: Part, places: Array) -> Array:
    return np.searchsorted(part.day.bounds, places, side="right") - 1


def _names(stretch: Stretch, filters: Sequence[Condition], span: Span, size: int) -> _Names:
    own = each_of(lambda part: occurring(part, "name", "events"), parts(stretch, filters, *span))
    events, visits = np.zeros(size, "i8"), np.zeros(size, "i8")
    for each in own:
        events[each.pairs.values] += each.measure
        visits[each.pairs.values] += each.visits
    return _Names(own, events, visits)


def _told(stretch: Stretch, names: _Names, chosen: Sequence[int]) -> list[dict[str, int]]:
    """Of each chosen name its events, visitors, conversions and the sessions that have it."""
    sessions = names.visits - _twice(stretch, names.own, len(names.visits))
    rows = rows_of(names.own, chosen, names.visits, np.zeros_like(names.visits))
    return [
        {name: row[name] for name in ("events", "visitors", "conversions")} | {"sessions": int(sessions[number])}
        for number, row in rows
    ]


def _twice(stretch: Stretch, own: Sequence[Occurring], size: int) -> Array:
    """By the number of a name, how many sessions have it on either side of a midnight: two visits, but one session."""
    by_place = {each.part.place: each.part for each in own}
    twice = np.zeros(size, "i8")
    for before, after, visit, same in stretch.links():
        if before in by_place and after in by_place and len(visit):
            both = np.intersect1d(_linked(by_place[before], visit), _linked(by_place[after], same), assume_unique=True)
            twice += np.bincount(both >> 32, minlength=size)
    return twice


def _linked(part: Part, visits: Array) -> Array:
    """The names that some visits have, where these are chosen, each with the place of its visit among them, as one
    number."""
    link = np.zeros(part.day.visits, "i8")
    link[visits] = np.arange(len(visits))
    events, visit = part.day.events_of(visits[part.chosen[visits]])
    names = part.day.name[events].astype("i8") << 32 | link[visit]
    return np.unique(names if part.events is None else names[part.events[events]])


def _revenue(part: Part, size: int) -> Array:
    day = part.day
    passed = part.chosen[_visit_of(part, day.revenue_at)]
    if part.events is not None:
        passed = passed & part.events[day.revenue_at]
    return np.bincount(day.name[day.revenue_at], day.revenue * passed, size)


def _when(own: Sequence[Occurring], chosen: Sequence[int], size: int) -> tuple[Array, Array]:
    """Of each chosen name the first and the last second (epoch); only the days are looked through that hold one."""
    first, last = np.full(len(chosen), np.iinfo("i8").max), np.full(len(chosen), -1)
    for days, when, put in ((own, first, np.minimum), (own[::-1], last, np.maximum)):
        missing = np.zeros(size, bool)
        missing[list(chosen)] = True
        for each in days:
            occurred = each.pairs.values[each.measure > 0]
            here = occurred[missing[occurred]]
            if not len(here):
                continue
            such = np.zeros(size, bool)
            such[here] = True
            places, _ = events_of_names(each.part, such)
            place = np.zeros(size, "i8")
            place[list(chosen)] = np.arange(len(chosen))
            put.at(
                when, place[each.part.day.name[places]], each.part.day.second[places] + np.int64(each.part.day.start)
            )
            missing[here] = False
    return first, last
