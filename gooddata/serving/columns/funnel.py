"""How many visitors go through steps, one after another."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from gooddata.blocks.block import OF_SESSIONS, Array
from gooddata.errors import InputError
from gooddata.serving.columns.choose import Stretch, matching, parts
from gooddata.serving.columns.filters import OF_EVENTS, Filter, parse

FEWEST_STEPS, MOST_STEPS = 2, 8
MOST_HOURS = 24 * 90
MOST_DAYS = 190
GROUPS = 10
BY = OF_SESSIONS

# A key is 40 bits of the visitor's hash and the second of the event: keys in order are events by visitor and time.
_SECONDS = np.uint64(24)
_SECOND = np.uint64((1 << 24) - 1)


class Reached(msgspec.Struct, frozen=True):
    """Events with which visitors reached a step (n,), by visitor and time: `keys`, the second at which the attempt
    `began`, and the seconds `since` the step before."""

    keys: Array
    began: Array
    since: Array

    def firsts(self) -> Array:
        """(n,) bool: of each visitor the first."""
        visitors = self.keys >> _SECONDS
        return np.concatenate([[True], visitors[1:] != visitors[:-1]]) if len(visitors) else np.zeros(0, bool)


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
    filters: Sequence[Filter],
    since: int,
    until: int,
    steps: Sequence[Filter],
    within: int,
    by: str | None,
) -> dict[str, Any]:
    """Visitors who had an event of each step, in this order and `within` so many seconds of the first. Every event of
    the first step is an attempt of its own; steps of the same second count as in order, unless an event can be both."""
    keys, values, overlap = _keys(stretch, filters, since, until, steps, by)
    ordered = [np.sort(each) for each in keys]
    told = _told(ordered, overlap, within)
    groups = []
    if by is not None and len(values):
        count = len(stretch.names[by])
        sizes = np.bincount(values, minlength=count)
        sizes[0] = 0
        greatest = [number for number in np.argsort(-sizes, kind="stable")[:GROUPS].tolist() if sizes[number]]
        for number in greatest:
            of_value = [np.sort(keys[0][values == number]), *ordered[1:]]
            groups.append({"value": stretch.names[by].texts[number], "steps": _told(of_value, overlap, within)})
        groups.sort(key=lambda group: -group["steps"][0]["visitors"])
    return {"visitors": told[0]["visitors"], "steps": told, "by": by, "groups": groups}


def _keys(
    stretch: Stretch, filters: Sequence[Filter], since: int, until: int, steps: Sequence[Filter], by: str | None
) -> tuple[list[Array], Array, list[bool]]:
    """The keys of each step's events; of those of the first step also the value of their session; and whether an event
    can be of a step and of the one before."""
    keys: list[list[Array]] = [[np.zeros(0, "u8")] for _ in steps]
    values = [np.zeros(0, "i8")]
    overlap = [False] * len(steps)
    for part in parts(stretch, filters, since, until):
        day = part.day
        mine = part.chosen_events()
        of_events = day.visit_of_events()
        before = None
        for number, step in enumerate(steps):
            such = matching(day, stretch.names, step)
            such &= mine
            if before is not None:
                overlap[number] = overlap[number] or bool((such & before).any())
            before = such
            events = np.flatnonzero(such)
            visit = of_events[events]
            at = (day.second[events] + (day.start - since)).astype("u8")
            keys[number].append((day.visitor[visit] >> _SECONDS << _SECONDS) | at)
            if number == 0 and by is not None:
                values.append(day.of[by][visit].astype("i8"))
    return [np.concatenate(each) for each in keys], np.concatenate(values), overlap


def _told(keys: Sequence[Array], overlap: Sequence[bool], within: int) -> list[dict[str, Any]]:
    reached = Reached(keys[0], (keys[0] & _SECOND).astype("i8"), np.zeros(len(keys[0]), "i8"))
    told: list[dict[str, Any]] = []
    for number, own in enumerate(keys):
        if number:
            reached = _next(reached, own, overlap[number], within)
        firsts = reached.firsts()
        visitors = int(firsts.sum())
        first, before = (told[0]["visitors"], told[-1]["visitors"]) if told else (visitors, visitors)
        told.append(
            {
                "visitors": visitors,
                "rate": visitors / first if first else None,
                "from_previous": visitors / before if before else None,
                "median_ms": round(float(np.median(reached.since[firsts])) * 1_000) if number and visitors else None,
            }
        )
    return told


def _next(before: Reached, keys: Array, overlap: bool, within: int) -> Reached:
    """The newest event of the step before leads on: its attempt began latest, so that it lasts longest."""
    if not len(before.keys):
        return Reached(keys[:0], before.began[:0], before.since[:0])
    place = np.searchsorted(before.keys, keys, side="left" if overlap else "right") - 1
    newest = np.maximum(place, 0)
    at = (keys & _SECOND).astype("i8")
    leads = (place >= 0) & (before.keys[newest] >> _SECONDS == keys >> _SECONDS)
    leads &= at - before.began[newest] <= within
    newest = newest[leads]
    return Reached(keys[leads], before.began[newest], at[leads] - (before.keys[newest] & _SECOND).astype("i8"))
