"""The questions that are answered from columns, one method each."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, TypeVar

from gooddata.errors import InputError
from gooddata.serving.columns.events import by_name, over_time
from gooddata.serving.columns.filters import Condition, Filter, scores_in
from gooddata.serving.columns.funnel import MOST_DAYS, funnel
from gooddata.serving.columns.paths import paths
from gooddata.serving.columns.retention import LOOK_BACK_DAYS, retention
from gooddata.serving.columns.segment import MOST_DAYS as SEGMENT_DAYS
from gooddata.serving.columns.segment import Members, members, sizes
from gooddata.serving.columns.shelf import Answered, Shelf
from gooddata.serving.columns.steps import bounds, by_steps, zone
from gooddata.serving.columns.totals import totals
from gooddata.serving.columns.values import BY, by_values
from gooddata.serving.columns.visits import Visits, visits_with
from gooddata.serving.period import Period

Filters = Sequence[Condition]
_T = TypeVar("_T")


class Columns:
    """Answers of sessions that pass filters. Each says under `partial` what is missing from it, if something is."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def overview(self, project: str, period: Period, filters: Filters, compare: bool) -> dict[str, Any]:
        """Totals of the period, and, to compare, of the one before."""
        before = period.previous()
        days = await self._days(project, before if compare else period, filters, period.end)

        def answer() -> dict[str, Any]:
            told = totals(days.stretch, filters, *_seconds(period))
            return told | {"previous": totals(days.stretch, filters, *_seconds(before)) if compare else None}

        return await _worked_out(days, period, answer)

    async def timeseries(
        self, project: str, period: Period, interval: str, tz: str, filters: Filters
    ) -> dict[str, Any]:
        """Columns of equal length, a number for each step in the time zone; visitors of hours and longer."""
        edges = bounds(period.start, period.end, interval, zone(tz))
        days = await self._days(project, period, filters)

        def answer() -> dict[str, Any]:
            visitors = interval != "minute"
            columns = by_steps(days.stretch, filters, *_seconds(period), edges, visitors)
            return {"interval": interval, "t": [edge * 1_000 for edge in edges[:-1]]} | columns

        return await _worked_out(days, period, answer)

    async def breakdown(
        self, project: str, period: Period, dimension: str, filters: Filters, limit: int, offset: int
    ) -> dict[str, Any]:
        """The greatest values of a dimension, by the measure that is natural to it, from the `offset`-th on."""
        if dimension not in BY:
            raise InputError(f"dimension must be one of {', '.join(BY)}", "dimension")
        days = await self._days(project, period, filters)

        def answer() -> dict[str, Any]:
            found = by_values(days.stretch, filters, *_seconds(period), dimension, limit, offset)
            return {"dimension": dimension} | found

        return await _worked_out(days, period, answer)

    async def events(self, project: str, period: Period, filters: Filters, limit: int, offset: int) -> dict[str, Any]:
        """Names of events, the most frequent first, from the `offset`-th on, each beside the period before."""
        before = period.previous()
        days = await self._days(project, before, filters, period.end)

        def answer() -> dict[str, Any]:
            return by_name(days.stretch, filters, _seconds(period), _seconds(before), limit, offset)

        return await _worked_out(days, period, answer)

    async def event_over_time(
        self, project: str, period: Period, name: str, interval: str, tz: str, filters: Filters
    ) -> dict[str, Any]:
        """The events of one name, and their visitors, for each step in the time zone."""
        edges = bounds(period.start, period.end, interval, zone(tz))
        days = await self._days(project, period, filters)

        def answer() -> dict[str, Any]:
            columns = over_time(days.stretch, filters, *_seconds(period), edges, name)
            return {"event": name, "interval": interval, "t": [edge * 1_000 for edge in edges[:-1]]} | columns

        return await _worked_out(days, period, answer)

    async def visits_with(
        self, project: str, period: Period, name: str, filters: Filters, most_events: int
    ) -> tuple[Visits, dict[str, Any]]:
        """Where the events of one name are, or about `most_events` of them; and what is missing, as answers say it."""
        days = await self._days(project, period, filters)
        found = await asyncio.to_thread(visits_with, days.stretch, filters, *_seconds(period), name, most_events)
        return found, _partial(days, period)

    async def funnel(
        self, project: str, period: Period, steps: Sequence[Filter], texts: Sequence[str], within_hours: int,
        by: str | None, filters: Filters,
    ) -> dict[str, Any]:  # fmt: skip
        """Visitors by step, in order; and by the value that the session of their first step has."""
        if period.end - period.start > timedelta(days=MOST_DAYS):
            raise InputError(f"a funnel looks at {MOST_DAYS} days at most", "from")
        days = await self._days(project, period, filters)

        def answer() -> dict[str, Any]:
            found = funnel(days.stretch, filters, *_seconds(period), steps, within_hours * 3_600, by)
            for told in (found["steps"], *(group["steps"] for group in found["groups"])):
                for step, text in zip(told, texts, strict=True):
                    step["step"] = text
            return found | {"within_hours": within_hours}

        return await _worked_out(days, period, answer)

    async def retention(
        self, project: str, end: datetime, by: str, cohorts: int, tz: str, filters: Filters
    ) -> dict[str, Any]:
        """Cohorts of visitors by when they were first there, the last one being that which holds `end`."""
        start = end - timedelta(days=cohorts * {"day": 1, "week": 7, "month": 31}[by])
        edges = bounds(start, end, by, zone(tz))[-cohorts - 1 :]
        first = edges[0] - LOOK_BACK_DAYS * 86_400
        period = Period(datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(edges[-1], UTC))
        days = await self._days(project, period, filters)

        def answer() -> dict[str, Any]:
            note = f"new is who had not been there in the {LOOK_BACK_DAYS} days before the first cohort"
            return {"by": by, "cohorts": retention(days.stretch, filters, edges, first), "note": note}

        return await _worked_out(days, Period(datetime.fromtimestamp(edges[0], UTC), period.end), answer)

    async def paths(
        self, project: str, period: Period, anchor: Filter, direction: str, depth: int, limit: int, filters: Filters
    ) -> dict[str, Any]:
        """What comes after or before the anchor."""
        days = await self._days(project, period, filters)

        def answer() -> dict[str, Any]:
            return paths(days.stretch, filters, *_seconds(period), anchor, direction, depth, limit)

        return await _worked_out(days, period, answer)

    async def segment_sizes(
        self, project: str, period: Period, window: int, tz: str, filters: Filters
    ) -> dict[str, Any]:
        """How many visitors had such a session within the `window` days that end with each day of the period, up to
        today: `t` where days begin, and `visitors`."""
        if period.end - period.start > timedelta(days=SEGMENT_DAYS):
            raise InputError(f"sizes are told of {SEGMENT_DAYS} days at most", "from")
        edges = _window(period.start, min(period.end, datetime.now(UTC)), window, tz)
        whole = Period(datetime.fromtimestamp(edges[0], UTC), datetime.fromtimestamp(edges[-1], UTC))
        days = await self._days(project, whole, filters)

        def answer() -> dict[str, Any]:
            told = sizes(days.stretch, filters, edges, window)
            return {"t": [edge * 1_000 for edge in edges[window - 1 : -1]], "visitors": told}

        return await _worked_out(days, whole, answer)

    async def segment_members(
        self, project: str, now: datetime, window: int, tz: str, filters: Filters
    ) -> tuple[Members, dict[str, Any]]:
        """Who had such a session within the `window` days that end with the day of `now`; and what is missing."""
        since, *_, until = _window(now, now + timedelta(microseconds=1), window, tz)
        whole = Period(datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC))
        days = await self._days(project, whole, filters)
        found = await asyncio.to_thread(members, days.stretch, filters, since, until)
        return found, _missing(days, whole)

    async def covers(self, project: str, period: Period) -> bool:
        """Whether all of the period can be answered for, as of now."""
        days = await self._days(project, period)
        return not days.behind and (days.since is None or days.since <= period.start.timestamp())

    async def _days(self, project: str, period: Period, filters: Filters = (), end: datetime | None = None) -> Answered:
        since, until = _seconds(period)
        return await self._shelf.days(project, since, until if end is None else _second(end), scores_in(filters))


async def _worked_out(days: Answered, period: Period, answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    return await asyncio.to_thread(answer) | _partial(days, period)


def _partial(days: Answered, period: Period) -> dict[str, Any]:
    missing = _missing(days, period)
    return {"partial": missing} if missing else {}


def _missing(days: Answered, period: Period) -> dict[str, Any]:
    partial: dict[str, Any] = {}
    if days.behind:
        partial["behind_hours"] = days.behind
    if days.since is not None and days.since > period.start.timestamp():
        partial["since"] = days.since * 1_000
    return partial


def _window(start: datetime, end: datetime, window: int, tz: str) -> list[int]:
    """Where days begin (epoch seconds), from `window` - 1 before that of `start` on, and where the last one ends."""
    where = zone(tz)
    if start >= end:
        raise InputError("from must be in the past", "from")
    try:
        asked = bounds(start, end, "day", where)
        # Days differ in length: there may be one too many.
        return bounds(start - timedelta(days=window - 1), end, "day", where)[-len(asked) - window + 1 :]
    except OverflowError:
        raise InputError("from is before there were any days", "from") from None


def _seconds(period: Period) -> tuple[int, int]:
    return _second(period.start), _second(period.end)


def _second(moment: datetime) -> int:
    """The first whole second that is not before a moment."""
    return ceil(moment.timestamp())
