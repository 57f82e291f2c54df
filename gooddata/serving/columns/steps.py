"""How a period went, by steps of time in a time zone."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from gooddata.blocks.block import GOAL, PAGE_VIEW, Array
from gooddata.errors import InputError
from gooddata.serving.columns.choose import Part, Stretch, parts
from gooddata.serving.columns.day import DAY_SECONDS, Day
from gooddata.serving.columns.filters import Condition
from gooddata.serving.columns.people import different
from gooddata.serving.columns.totals import EVENT_COUNTS, of
from gooddata.serving.period import MOST_POINTS

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
    columns = {name: np.zeros(count, "i8") for name in (*EVENT_COUNTS, "sessions")}
    heads: list[Array] = []
    groups: list[Array | int] = []
    for part in parts(stretch, filters, since, until):
        day = part.day
        at = np.array(edges, "i8") - day.start
        began = part.began(since, until)
        there = part.there
        single, last = step_of(at, np.array([0, DAY_SECONDS - 1])).tolist()
        if single == last:
            columns["sessions"][single] += np.count_nonzero(began)
            for name in EVENT_COUNTS:
                columns[name][single] += (of(part, name) * there).sum()
            heads.append(day.visitor[there])
            groups.append(single)
            continue
        columns["sessions"] += _counts(at, day.started[began], count)
        single, spread = _apart(day, at, np.flatnonzero(there))
        step = step_of(at, day.first[single])
        for name in EVENT_COUNTS:
            columns[name] += np.bincount(step, of(part, name)[single], count).astype("i8")
        heads.append(day.visitor[single])
        groups.append(step)
        if len(spread):
            _add_spread(columns, heads, groups, part, at, spread)
    found: dict[str, Any] = {name: column.tolist() for name, column in columns.items()}
    if visitors:
        visits = np.zeros(count, "i8")
        for head, own in zip(heads, groups, strict=True):
            if isinstance(own, int):
                visits[own] += len(head)
            else:
                visits += np.bincount(own, minlength=count)
        found["visitors"] = different(heads, groups, visits).tolist()
    return found


def _add_spread(
    columns: dict[str, Array], heads: list[Array], groups: list[Array | int], part: Part, at: Array, spread: Array
) -> None:
    """Adds visits whose events are in several steps, event by event."""
    day, count = part.day, len(at) - 1
    own = np.zeros(day.visits, bool)
    own[spread] = True
    events, visit = part.events_of(own)
    step = step_of(at, day.second[events])
    flags = day.flags[events]
    for name, such in (("events", flags >= 0), ("pageviews", flags & PAGE_VIEW), ("conversions", flags & GOAL)):
        columns[name] += np.bincount(step[such > 0], minlength=count)
    # Both grow, so that the same come one after another.
    again = np.concatenate([[False], (visit[1:] == visit[:-1]) & (step[1:] == step[:-1])])[: len(visit)]
    heads.append(day.visitor[visit[~again]])
    groups.append(step[~again])


def _apart(day: Day, at: Array, there: Array) -> tuple[Array, Array]:
    """Of the visits `there`, those whose events are all in one step, and the others."""
    whole = step_of(at, day.first[there]) == step_of(at, day.last[there])
    return there[whole], there[~whole]


def step_of(at: Array, second: Array) -> Array:
    """In which step, between edges `at`, each second is."""
    return np.clip(np.searchsorted(at, second, side="right") - 1, 0, len(at) - 2)


def _counts(at: Array, second: Array, count: int) -> Array:
    return np.bincount(step_of(at, second), minlength=count)
