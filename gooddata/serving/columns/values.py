"""The values of a dimension that stand out, among sessions that pass."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gooddata.blocks.block import GOAL, OF_SESSIONS, Array
from gooddata.serving.columns.choose import Part, Stretch, parts
from gooddata.serving.columns.day import Pairs
from gooddata.serving.columns.filters import Filter
from gooddata.serving.columns.people import different, takes_sample
from gooddata.serving.columns.totals import of

MEASURES = ("events", "pageviews", "sessions", "conversions")
_VISITS = "visits"
# By which measure values stand out.
BY = {
    "page": "pageviews", "entry": "sessions", "exit": "sessions", "source": "sessions", "campaign": "sessions",
    "country": "sessions", "device": "sessions", "browser": "sessions", "event": "events", "goal": "conversions",
}  # fmt: skip


def by_values(
    stretch: Stretch, filters: Sequence[Filter], since: int, until: int, dimension: str, limit: int, offset: int
) -> dict[str, Any]:
    """Rows of `value`, MEASURES and `visitors`, the greatest first, from the `offset`-th on; and how many `values`
    there are. Visits count for what their session was entered by; events for their own page and name."""
    kind = {"page": "path", "exit": "path", "event": "name", "goal": "name"}.get(dimension, dimension)
    names = stretch.names[kind]
    counts = {name: np.zeros(len(names), "i8") for name in (*MEASURES, _VISITS)}
    exits = stretch.exits() if dimension == "exit" else None
    found: list[tuple[Part, Array, Array, Array]] = []
    for part in parts(stretch, filters, since, until):
        if dimension in OF_SESSIONS or exits is not None:
            own = part.day.of[dimension] if exits is None else exits[part.place]
            _add_visits(counts, part, own, since, until)
            visit = np.flatnonzero(part.there)
            found.append((part, visit, own[visit], _sampled(part, visit)))
            continue
        pairs = _pairs(part, kind, dimension == "goal")
        _add_events(counts, pairs, dimension)
        if dimension == "page":
            counts["sessions"] += _counted(part.day.of["entry"][part.began(since, until)], len(names))
        found.append(
            (part, pairs.visit, pairs.value, pairs.sampled if len(pairs.sampled) else _sampled(part, pairs.visit))
        )
    for column in counts.values():
        column[0] = 0
    order = _greatest(counts, BY[dimension], names.texts)
    chosen = order[offset : offset + limit]
    visitors = _visitors(found, chosen, counts[_VISITS])
    rows = [
        {"value": names.texts[number]}
        | {name: int(counts[name][number]) for name in MEASURES}
        | {"visitors": int(visitors[place])}
        for place, number in enumerate(chosen.tolist())
    ]
    return {"rows": rows, "values": len(order)}


def _pairs(part: Part, kind: str, goals: bool) -> Pairs:
    """The paths or names of the chosen visits, within the period; or of their goals alone."""
    events = part.events
    if goals:
        reached = (part.day.flags & GOAL) > 0
        events = reached if events is None else events & reached
    pairs = part.day.pairs(kind, events)
    return pairs if part.chosen.all() else pairs.some(part.chosen[pairs.visit])


def _add_visits(counts: dict[str, Array], part: Part, own: Array, since: int, until: int) -> None:
    size = len(counts["events"])
    chosen = np.flatnonzero(part.chosen)
    for name in ("events", "pageviews", "conversions"):
        counts[name] += np.bincount(own[chosen], of(part, name)[chosen], size).astype("i8")
    counts["sessions"] += _counted(own[part.began(since, until)], size)
    counts[_VISITS] += _counted(own[part.there], size)


def _add_events(counts: dict[str, Array], pairs: Pairs, dimension: str) -> None:
    size = len(counts["events"])
    counts["events"] += np.bincount(pairs.value, pairs.events, size).astype("i8")
    counts["pageviews"] += np.bincount(pairs.value, pairs.pageviews, size).astype("i8")
    counts["conversions"] += np.bincount(pairs.value, pairs.goals, size).astype("i8")
    counts[_VISITS] += _counted(pairs.value, size)


def _counted(numbers: Array, size: int) -> Array:
    return np.bincount(numbers, minlength=size)


def _sampled(part: Part, visit: Array) -> Array:
    """The places of sampled visits among some."""
    is_sampled = np.zeros(part.day.visits, bool)
    is_sampled[part.day.sampled] = True
    return np.flatnonzero(is_sampled[visit])


def _greatest(counts: dict[str, Array], by: str, texts: Sequence[str | None]) -> Array:
    """Numbers of values that occurred, by measure, then by events, then by text."""
    there = np.flatnonzero(sum(np.abs(counts[name]) for name in MEASURES))
    found = sorted(there.tolist(), key=lambda each: (-counts[by][each], -counts["events"][each], texts[each] or ""))
    return np.array(found, "i8")


def _visitors(found: Sequence[tuple[Part, Array, Array, Array]], chosen: Array, visits: Array) -> Array:
    """Of each chosen value; `found` are of each part visits, the value of each, and the places of sampled ones."""
    of_chosen = np.append(visits[chosen], 0)
    large = takes_sample(of_chosen)
    place = np.full(len(visits), -1, "i2")
    place[chosen] = np.arange(len(chosen))
    heads: list[Array] = []
    groups: list[Array] = []
    for part, visit, value, sampled in found:
        for some, is_large in ((slice(None), False), (sampled, True)):
            if not (large[:-1] == is_large).any():
                continue
            group = place[value[some]]
            own = np.flatnonzero((group >= 0) & (large[group] == is_large))
            heads.append(part.day.visitor[visit[some][own]])
            groups.append(group[own])
    return different(heads, groups, of_chosen)
