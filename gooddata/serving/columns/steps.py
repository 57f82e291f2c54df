"""How a period went, by steps of time in a time zone."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import numpy as np

from gooddata.blocks.block import GOAL, PAGE_VIEW, Array
from gooddata.errors import InputError
from gooddata.serving.columns.choose import Part, Stretch, parts
from gooddata.serving.columns.day import DAY_SECONDS, Day
from gooddata.serving.columns.filters import Condition
from gooddata.serving.columns.people import EXACT_UP_TO, different
from gooddata.serving.columns.threads import each as each_of
from gooddata.serving.columns.totals import EVENT_COUNTS, of
from gooddata.serving.period import MOST_POINTS

_COLUMNS = (*EVENT_COUNTS, "sessions")
INTERVALS = ("minute", "hour", "day", "week", "month")
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
    day, count = part.day, len(edges) - 1
    at = np.array(edges, "i8") - day.start
    began, there = part.began(since, until), part.there
    sums = np.zeros((len(_COLUMNS), count), "i8")
    single, last = step_of(at, np.array([0, DAY_SECONDS - 1])).tolist()
    if single == last:
        sums[:, single] = [*((of(part, name) * there).sum() for name in EVENT_COUNTS), np.count_nonzero(began)]
        visits = np.zeros(count, "i8")
        visits[single] = np.count_nonzero(there)
        enough = day.least(there, EXACT_UP_TO / max(int(visits[single]), 1))
        return _Told(sums, visits, [day.visitor[enough]], [single])
    sums[-1] = np.bincount(step_of(at, day.started[began]), minlength=count)
    whole, spread = _apart(day, at, np.flatnonzero(there))
    step = step_of(at, day.first[whole])
    for place, name in enumerate(EVENT_COUNTS):
        sums[place] = np.bincount(step, of(part, name)[whole], count)
    visits = np.bincount(step, minlength=count)
    if not len(spread):
        return _Told(sums, visits, [day.visitor[whole]], [step])
    # Visits whose events are in several steps, event by event.
    own = np.zeros(day.visits, bool)
    own[spread] = True
    events, visit = part.events_of(own)
    steps, flags = step_of(at, day.second[events]), day.flags[events]
    for place, such in enumerate((flags >= 0, (flags & PAGE_VIEW) > 0, (flags & GOAL) > 0)):
        sums[place] += np.bincount(steps[such], minlength=count)
    # Both grow, so that the same come one after another.
    again = np.concatenate([[False], (visit[1:] == visit[:-1]) & (steps[1:] == steps[:-1])])[: len(visit)]
    visits += np.bincount(steps[~again], minlength=count)
    return _Told(sums, visits, [day.visitor[whole], day.visitor[visit[~again]]], [step, steps[~again]])


def _apart(day: Day, at: Array, there: Array) -> tuple[Array, Array]:
    """Of the visits `there`, those whose events are all in one step, and the others."""
    whole = step_of(at, day.first[there]) == step_of(at, day.last[there])
    return there[whole], there[~whole]


def step_of(at: Array, second: Array) -> Array:
    """In which step, between edges `at`, each second is."""
    return np.clip(np.searchsorted(at, second, side="right") - 1, 0, len(at) - 2)
