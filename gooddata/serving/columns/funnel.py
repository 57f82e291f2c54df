"""How many visitors go through steps, one after another."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from gooddata.blocks.block import OF_SESSIONS, Array
from gooddata.errors import InputError
from gooddata.serving.columns.choose import Part, Stretch, Wanted, parts
from gooddata.serving.columns.day import SAMPLE
from gooddata.serving.columns.filters import OF_EVENTS, Condition, Filter, parse
from gooddata.serving.columns.threads import each

FEWEST_STEPS, MOST_STEPS = 2, 8
MOST_HOURS = 24 * 90
MOST_DAYS = 190
GROUPS = 10
# Events of the step that has fewest, beyond which a share of visitors is looked at: the standard error is 0.6% of it.
EXACT_UP_TO = 32_768
BY = OF_SESSIONS

# A key is 40 bits of the visitor's hash and the second of the event: keys in order are events by visitor and time.
_SECONDS = np.uint64(24)
_SECOND = np.uint64((1 << 24) - 1)


class Reached(msgspec.Struct, frozen=True):
    """Events with which visitors reached a step (n,), by visitor and time: `keys`; of which event of the first step the
    attempt `began` with, by its place; and the seconds `since` the step before."""

    keys: Array
    began: Array
    since: Array

    def firsts(self) -> Array:
        """The places of each visitor's first."""
        visitors = self.keys >> _SECONDS
        is_first = np.concatenate([[True], visitors[1:] != visitors[:-1]]) if len(visitors) else np.zeros(0, bool)
        return np.flatnonzero(is_first)


def parse_steps(texts: Sequence[str] | None) -> tuple[Filter, ...]:
    """Raises InputError for too few or many of them, or one that no event can be."""
    if not FEWEST_STEPS <= len(texts or ()) <= MOST_STEPS:
        raise InputError(f"a funnel has {FEWEST_STEPS} to {MOST_STEPS} steps; say step= for each", "step")
    steps = tuple(parse(text, "step", OF_EVENTS) for text in texts or ())
    if any(step.negated for step in steps):
        raise InputError("a step says what an event is, with == or ~, not what it is not", "step")
    return steps


def funnel(
    stretch: Stretch,
    filters: Sequence[Condition],
    since: int,
    until: int,
    steps: Sequence[Filter],
    within: int,
    by: str | None,
) -> dict[str, Any]:
    """Visitors who had an event of each step, in this order and `within` so many seconds of the first. Every event of
    the first step is an attempt of its own; steps of the same second count as in order, unless an event can be both.
    Of steps of many events, a share of visitors is looked at, as `people` does. In groups, a visitor counts at each
    step for the attempt that reached it first."""
    found = parts(stretch, filters, since, until)
    wanted = [Wanted.by(step, stretch.names) for step in steps]
    share = _share(found, wanted)
    keys, values, overlap = _keys(found, wanted, since, by, share)
    order = np.argsort(keys[0], kind="stable") if by is not None else None
    first = np.sort(keys[0]) if order is None else keys[0][order]
    reached = [Reached(first, np.arange(len(first)), np.zeros(len(first), "i8"))]
    for number, own in enumerate(keys[1:], 1):
        reached.append(_next(reached[-1], np.sort(own), first, overlap[number], within))
    firsts = [each.firsts() for each in reached]
    told = _told([each.since[own] for each, own in zip(reached, firsts, strict=True)], share)
    groups = []
    if order is not None:
        of_first = values[order]
        values_at = [of_first[each.began[at]] for each, at in zip(reached, firsts, strict=True)]
        sizes = np.bincount(values_at[0], minlength=len(stretch.names[str(by)]))
        sizes[0] = 0
        for value in np.argsort(-sizes, kind="stable")[:GROUPS].tolist():
            if sizes[value]:
                took = [
                    each.since[at][number == value] for each, at, number in zip(reached, firsts, values_at, strict=True)
                ]
                groups.append({"value": stretch.names[str(by)].texts[value], "steps": _told(took, share)})
    return {"visitors": told[0]["visitors"], "steps": told, "by": by, "groups": groups}


def _share(found: Sequence[Part], wanted: Sequence[Wanted]) -> float:
    """Of what share of visitors it is enough to know, by the step with the fewest events."""
    fewest = min(sum(step.count(part.day) for part in found) for step in wanted)
    return max(1 / SAMPLE, min(1.0, EXACT_UP_TO / max(fewest, 1)))


def _keys(
    found: Sequence[Part], wanted: Sequence[Wanted], since: int, by: str | None, share: float
) -> tuple[list[Array], Array, list[bool]]:
    """The keys of the events of each step, of a share of visitors; of those of the first step also the value of their
    session; and whether an event can be of a step and of the one before."""
    days = each(lambda part: _keys_of_day(part, wanted, since, by, share), found)
    keys = [np.concatenate([np.zeros(0, "u8"), *(day[0][number] for day in days)]) for number in range(len(wanted))]
    values = np.concatenate([np.zeros(0, "i8"), *(day[1] for day in days)])
    return keys, values, [any(day[2][number] for day in days) for number in range(len(wanted))]


def _keys_of_day(
    part: Part, wanted: Sequence[Wanted], since: int, by: str | None, share: float
) -> tuple[list[Array], Array, list[bool]]:
    day = part.day
    chosen = part.chosen if share == 1 else part.chosen & (day.visitor < np.uint64(share * 2.0**64))
    keys, values, overlap = [], np.zeros(0, "i8"), []
    before = np.zeros(0, "i8")
    for number, step in enumerate(wanted):
        events, visit = part.events_of(chosen & step.visits(day))
        is_such = step.among(day, events)
        events, visit = events[is_such], visit[is_such]
        overlap.append(len(np.intersect1d(before, events, assume_unique=True)) > 0)
        before = events
        at = (day.second[events] + (day.start - since)).astype("u8")
        keys.append((day.visitor[visit] >> _SECONDS << _SECONDS) | at)
        if number == 0 and by is not None:
            values = day.of[by][visit].astype("i8")
    return keys, values, overlap


def _told(since: Sequence[Array], share: float) -> list[dict[str, Any]]:
    """`since` are of each step the seconds since the one before, one for each visitor of a share of them."""
    told: list[dict[str, Any]] = []
    for number, own in enumerate(since):
        visitors = round(len(own) / share)
        first, before = (told[0]["visitors"], told[-1]["visitors"]) if told else (visitors, visitors)
        told.append(
            {
                "visitors": visitors,
                "rate": visitors / first if first else None,
                "from_previous": visitors / before if before else None,
                "median_ms": round(float(np.median(own)) * 1_000) if number and visitors else None,
            }
        )
    return told


def _next(before: Reached, keys: Array, first: Array, overlap: bool, within: int) -> Reached:
    """The newest event of the step before leads on: its attempt began latest, so that it lasts longest."""
    if not len(before.keys):
        return Reached(keys[:0], before.began[:0], before.since[:0])
    place = np.searchsorted(before.keys, keys, side="left" if overlap else "right") - 1
    newest = np.maximum(place, 0)
    leads = (place >= 0) & (before.keys[newest] >> _SECONDS == keys >> _SECONDS)
    keys, newest = keys[leads], newest[leads]
    at = (keys & _SECOND).astype("i8")
    in_time = at - (first[before.began[newest]] & _SECOND).astype("i8") <= within
    newest = newest[in_time]
    return Reached(keys[in_time], before.began[newest], at[in_time] - (before.keys[newest] & _SECOND).astype("i8"))
