"""How a period went, by steps of time in a time zone."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import numpy as np

from gooddata.blocks.block import GOAL, PAGE_VIEW, Array
from gooddata.errors import InputError
from gooddata.serving.columns.choose import Part, Stretch, parts
from gooddata.serving.columns.day import DAY_SECONDS
from gooddata.serving.columns.filters import Condition
from gooddata.serving.columns.people import different
from gooddata.serving.columns.threads import each as each_of
from gooddata.serving.columns.totals import EVENT_COUNTS, of
from gooddata.serving.period import MOST_POINTS

_COLUMNS = (*EVENT_COUNTS, "sessions")
INTERVALS = ("minute", "hour", "day", "week", "month")
# So many steps of a day are gone through one after another: days of other time zones than UTC make two.
MOST_FEW = 3
_FIXED = {"minute": 60, "hour": 3_600}
_SHORTEST = {"day": 23 * 3_600, "week": 167 * 3_600, "month": 28 * 24 * 3_600 - 3_600}


def zone(name: str) -> ZoneInfo:
    """Raises InputError for what is no time zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(f"{name[:60]!r} is no time zone; write it as Europe/Berlin or UTC", "tz") from None


def bounds(start: datetime, end: datetime, interval: str, where: ZoneInfo) -> list[int]:
    """Where steps begin (epoch seconds), from the one that holds `start` on, and where the last one ends."""
    if interval not in INTERVALS:
        raise InputError(f"interval must be one of {', '.join(INTERVALS)}", "interval")
    points = (end - start).total_seconds() / (_FIXED.get(interval) or _SHORTEST[interval])
    if points > MOST_POINTS:
        raise InputError(f"{points:,.0f} points are too many; ask for a longer interval or less time", "interval")
    local = start.astimezone(where)
    if step := _FIXED.get(interval):
        # Zones differ from UTC by parts of an hour, too.
        offset = round((local.utcoffset() or timedelta()).total_seconds())
        first = (int(start.timestamp()) + offset) // step * step - offset
        return list(range(first, int(end.timestamp() - 1e-6) + step, step))[: MOST_POINTS + 2]
    at = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if interval == "week":
        at -= timedelta(days=at.weekday())
    if interval == "month":
        at = at.replace(day=1)
    found = [at]
    while found[-1] < end:
        found.append(_next(found[-1], interval))
    return [int(each.astimezone(UTC).timestamp()) for each in found]


def _next(at: datetime, interval: str) -> datetime:
    if interval == "month":
        return at.replace(year=at.year + at.month // 12, month=at.month % 12 + 1)
    return at + timedelta(days=7 if interval == "week" else 1)


def by_steps(
    stretch: Stretch, filters: Sequence[Condition], since: int, until: int, edges: Sequence[int], visitors: bool
) -> dict[str, list[int]]:
    """Columns, a number for each step: events, pageviews, conversions, sessions that began, and, if asked, visitors."""
    count = len(edges) - 1
    told = each_of(lambda part: _of_part(part, since, until, edges), parts(stretch, filters, since, until))
    sums = sum((each.sums for each in told), np.zeros((len(_COLUMNS), count), "i8"))
    found: dict[str, Any] = {name: sums[place].tolist() for place, name in enumerate(_COLUMNS)}
    if visitors:
        heads = [head for each in told for head in each.heads]
        groups = [group for each in told for group in each.groups]
        visits = sum((each.visits for each in told), np.zeros(count, "i8"))
        found["visitors"] = different(heads, groups, visits).tolist()
    return found


class _Told(msgspec.Struct, frozen=True):
    """Of a part the _COLUMNS by step (c, count); how many visits each step has (count,), and visitors with the step of
    each, or of them all, as many as are needed to tell how many there are."""

    sums: Array
    visits: Array
    heads: list[Array]
    groups: list[Array | int]


def _of_part(part: Part, since: int, until: int, edges: Sequence[int]) -> _Told:
    at = np.array(edges, "i8") - part.day.start
    first, last = step_of(at, np.array([0, DAY_SECONDS - 1])).tolist()
    told = (_by_few if last - first < MOST_FEW else _by_many)(part, at, range(first, last + 1))
    started = part.day.started[np.flatnonzero(part.began(since, until))]
    told.sums[-1] = np.bincount(step_of(at, started), minlength=len(at) - 1)
    return told


def _within(at: Array, steps: range) -> Iterator[tuple[int, tuple[int, int]]]:
    """Steps of a day, and from which second up to which each is."""
    for step in steps:
        low = 0 if step == steps[0] else int(at[step])
        yield step, (low, DAY_SECONDS if step == steps[-1] else int(at[step + 1]))


def _by_few(part: Part, at: Array, steps: range) -> _Told:
    """Visits that lie in one step as a whole, step by step."""
    day, count = part.day, len(at) - 1
    sums, visits = np.zeros((len(_COLUMNS), count), "i8"), np.zeros(count, "i8")
    heads: list[Array] = []
    spread = there = part.there
    for step, (low, high) in _within(at, steps):
        own = there if len(steps) == 1 else there & (day.first >= low) & (day.last < high)
        spread = spread & ~own
        for place, name in enumerate(EVENT_COUNTS):
            sums[place, step] = (of(part, name) * own).sum()
        visits[step] = np.count_nonzero(own)
        heads.append(day.visitor[day.least(own, visits[step])])
    return _with_spread(_Told(sums, visits, heads, list(steps)), part, at, spread)


def _by_many(part: Part, at: Array, steps: range) -> _Told:
    """The same where there are many."""
    day, count = part.day, len(at) - 1
    there = np.flatnonzero(part.there)
    step = step_of(at, day.first[there])
    apart = step != step_of(at, day.last[there])
    spread = np.zeros(day.visits, bool)
    spread[there[apart]] = True
    whole, step = there[~apart], step[~apart]
    sums = np.zeros((len(_COLUMNS), count), "i8")
    for place, name in enumerate(EVENT_COUNTS):
        sums[place] = np.bincount(step, of(part, name)[whole], count)
    visits = np.bincount(step, minlength=count)
    return _with_spread(_Told(sums, visits, [day.visitor[whole]], [step]), part, at, spread)


def _with_spread(told: _Told, part: Part, at: Array, spread: Array) -> _Told:
    """With visits (n,) whose events are in several steps, event by event."""
    if not spread.any():
        return told
    day, count = part.day, len(at) - 1
    events, visit = part.events_of(spread)
    steps, flags = step_of(at, day.second[events]), day.flags[events]
    for place, such in enumerate((flags >= 0, (flags & PAGE_VIEW) > 0, (flags & GOAL) > 0)):
        told.sums[place] += np.bincount(steps[such], minlength=count)
    # Both grow, so that the same come one after another.
    again = np.concatenate([[False], (visit[1:] == visit[:-1]) & (steps[1:] == steps[:-1])])[: len(visit)]
    visits = told.visits + np.bincount(steps[~again], minlength=count)
    return _Told(told.sums, visits, [*told.heads, day.visitor[visit[~again]]], [*told.groups, steps[~again]])


def step_of(at: Array, second: Array) -> Array:
    """In which step, between edges `at`, each second is."""
    length, last = int(at[1] - at[0]), len(at) - 2
    if last == 0 or (np.diff(at) == length).all():
        return np.clip((second - at[0]) // length, 0, last)
    return np.clip(np.searchsorted(at, second, side="right") - 1, 0, last)
