"""How many different visitors there were: whole days and hours from their sketches, the rest from sessions and events.

The rest are the edges of a period that are no whole hours, the running hour, and hours that something late has changed
since they were counted. So the answer is always of what is stored at this moment. See intelligence/uniques/.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from gooddata.serving.period import Period
from gooddata.sketch import Visitors, heads
from gooddata.sql import statement

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# Of what events themselves say, visitors are looked up among the events of this much time at most.
MOST_EVENTS = timedelta(hours=36)
OF_EVENTS = frozenset({"page", "event", "goal"})

_PACKAGE = "gooddata.serving.queries"
_DUE = statement(_PACKAGE, "due_hours")
_SKETCHES = statement(_PACKAGE, "sketches")
_VISITORS_OF = statement(_PACKAGE, "visitors_of")
_BY_SESSION = statement(_PACKAGE, "visitors_by_session")
_BY_EVENT = statement(_PACKAGE, "visitors_by_event")


class Pieces(msgspec.Struct, frozen=True):
    """What a period is put together from: days and hours that have sketches, and spans of time that have none."""

    days: list[datetime]
    hours: list[datetime]
    spans: list[tuple[datetime, datetime]]


def pieces(start: datetime, end: datetime, due: Iterable[datetime]) -> Pieces:
    """The pieces of a period in UTC, as few as there can be, when the hours in `due` have no sketches."""
    made = Pieces([], [], [])
    no_sketches = set(due)
    no_sketches_days = {_day_of(hour) for hour in no_sketches}
    at = start
    while at < end:
        day, hour = _day_of(at), at.replace(minute=0, second=0, microsecond=0)
        if at == day and day + DAY <= end and day not in no_sketches_days:
            made.days.append(day)
            at = day + DAY
        elif at == hour and hour + HOUR <= end and hour not in no_sketches:
            made.hours.append(hour)
            at = hour + HOUR
        else:
            until = min(hour + HOUR, end)
            if made.spans and made.spans[-1][1] == at:
                made.spans[-1] = (made.spans[-1][0], until)
            else:
                made.spans.append((at, until))
            at = until
    return made


def _day_of(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


async def count_visitors(analytics: Any, project: str, period: Period) -> int:
    """How many different visitors had an event in the period. `analytics` is a pool."""
    async with analytics.acquire() as connection, _snapshot(connection):
        due = await _due(connection, project, period)
        found = await _unions(connection, project, "", [""], [pieces(period.start, period.end, due)])
        return found[0, ""].count()


async def visitors_by_value(
    analytics: Any, project: str, period: Period, dimension: str, values: Sequence[str]
) -> dict[str, int] | None:
    """The same of each value of a dimension.

    None where too much would have to be looked up among events: while many hours have changed, as in an import.
    """
    async with analytics.acquire() as connection, _snapshot(connection):
        made = pieces(period.start, period.end, await _due(connection, project, period))
        if dimension in OF_EVENTS and sum((until - since for since, until in made.spans), timedelta()) > MOST_EVENTS:
            return None
        found = await _unions(connection, project, dimension, values, [made])
        return {value: found[0, value].count() for value in values}


async def visitors_by_step(
    analytics: Any, project: str, period: Period, steps: Sequence[datetime], step: timedelta
) -> list[int]:
    """The same of each step, an hour or a day, that begins at `steps`, as far as it is within the period."""
    async with analytics.acquire() as connection, _snapshot(connection):
        due = await _due(connection, project, period)
        bounds = [(max(at, period.start), min(at + step, period.end)) for at in steps]
        each = [pieces(start, end, due) for start, end in bounds]
        counts = [0] * len(steps)
        whole = {(made.days or made.hours)[0]: place for place, made in enumerate(each) if _is_one(made)}
        days = [at for at, place in whole.items() if each[place].days]
        hours = [at for at, place in whole.items() if each[place].hours]
        for row in await connection.fetch(_VISITORS_OF, project, days, hours):
            counts[whole[row["at"]]] = row["visitors"]
        others = [place for place, made in enumerate(each) if not _is_one(made)]
        found = await _unions(connection, project, "", [""], [each[place] for place in others])
        for number, place in enumerate(others):
            counts[place] = found[number, ""].count()
        return counts


def _is_one(made: Pieces) -> bool:
    """Whether a single sketch is all of it."""
    return not made.spans and len(made.days) + len(made.hours) == 1


def _snapshot(connection: Any) -> Any:
    """What is due, sketches and events are read as of one moment."""
    return connection.transaction(isolation="repeatable_read", readonly=True)


async def _due(connection: Any, project: str, period: Period) -> list[datetime]:
    first = period.start.replace(minute=0, second=0, microsecond=0)
    return [row["hour"].astimezone(UTC) for row in await connection.fetch(_DUE, project, first, period.end)]


async def _unions(
    connection: Any, project: str, dimension: str, values: Sequence[str], each: Sequence[Pieces]
) -> Mapping[tuple[int, str], Visitors]:
    """The visitors of each of some periods, by place and value."""
    found: defaultdict[tuple[int, str], Visitors] = defaultdict(Visitors)
    # A day and an hour may begin at the same moment, but not in the same period.
    place_of = {at: place for place, made in enumerate(each) for at in (*made.days, *made.hours)}
    days = [day for made in each for day in made.days]
    hours = [hour for made in each for hour in made.hours]
    if place_of:
        for row in await connection.fetch(_SKETCHES, project, dimension, days, hours, values):
            found[place_of[row["at"]], row["value"]].add_sketch(row["sketch"])
    spans = [(place, since, until) for place, made in enumerate(each) for since, until in made.spans]
    if spans:
        question = _BY_EVENT if dimension in OF_EVENTS else _BY_SESSION
        columns = [since for _, since, _ in spans], [until for _, _, until in spans]
        for row in await connection.fetch(question, project, *columns, dimension, values):
            found[spans[row["place"] - 1][0], row["value"]].add(heads(row["visitors"]))
    return found
