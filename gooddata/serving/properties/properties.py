"""Answers which properties the events of a name have, and which values one of them has."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from gooddata.persistence.project_rules import allowed_properties
from gooddata.serving.columns.answers import Columns
from gooddata.serving.columns.filters import Condition as OfSessions
from gooddata.serving.columns.visits import Visits
from gooddata.serving.period import Period
from gooddata.serving.properties.count import Scale, properties_of, values_of
from gooddata.serving.properties.events import COLUMNS, Condition, Event, event_of
from gooddata.sql import statement

MOST_READ = 20_000
"""Events that are read for one answer: of a share of them, the standard error is 0.35 percentage points at most."""

_SQL = statement("gooddata.serving.queries", "properties")


class Asked(msgspec.Struct, frozen=True):
    """The events of one name, in a period, of sessions that pass filters, of which conditions hold."""

    project: str
    period: Period
    event: str
    filters: Sequence[OfSessions] = ()
    conditions: Sequence[Condition] = ()


class _Read(msgspec.Struct, frozen=True):
    events: list[Event]
    scale: Scale
    said: dict[str, Any]


class Properties:
    """`analytics` is a pool whose role may read. Each answer says how many events of the name were read for it, of how
    many, and whether that is a sample; then counts are scaled to all of them."""

    def __init__(self, analytics: Any, columns: Columns, most_read: int = MOST_READ) -> None:
        self._analytics = analytics
        self._columns = columns
        self._most = most_read

    async def names(self, asked: Asked) -> dict[str, Any]:
        """The properties that such events have; and which the project's owner allows, whether sent or not."""
        read = await self._read(asked)
        async with self._analytics.acquire() as connection:
            allowed = await allowed_properties(connection, asked.project)
        found = await asyncio.to_thread(properties_of, read.events, read.scale)
        events = round(len(read.events) * read.scale.events)
        return {"event": asked.event, "events": events, "properties": found, "allowed": allowed} | read.said

    async def values(self, asked: Asked, name: str, limit: int, offset: int) -> dict[str, Any]:
        """The values of one property, the most frequent first, from the `offset`-th on."""
        read = await self._read(asked)
        found = await asyncio.to_thread(values_of, read.events, name, read.scale, limit, offset)
        return {"event": asked.event, "property": name, "built_in": name in COLUMNS} | found | read.said

    async def _read(self, asked: Asked) -> _Read:
        visits, partial = await self._columns.visits_with(
            asked.project, asked.period, asked.event, asked.filters, self._most
        )
        # The database's whole numbers have a sign, the hashes of columns do not.
        ids = (each.view(np.int64).tolist() for each in (visits.visitor, visits.session))
        moments = (each.tolist() for each in (visits.first, visits.last))
        # A sample may be one visit, with any number of events. Of all, some may have come since columns were read.
        most = self._most if visits.is_sample else 2 * self._most
        rows = await self._analytics.fetch(_SQL, asked.project, asked.event, *ids, *moments, most)

        def such() -> list[Event]:
            events = (event_of(row) for row in rows)
            return [event for event in events if all(each.holds(event) for each in asked.conditions)]

        total = visits.events if visits.is_sample else len(rows)
        said = {"sampled": visits.is_sample, "read": len(rows), "of": total} | partial
        return _Read(await asyncio.to_thread(such), _scale(visits, len(rows)), said)


def _scale(visits: Visits, read: int) -> Scale:
    if not visits.is_sample or not read:
        return Scale()
    visitors = len(np.unique(visits.visitor))
    return Scale(visits.events / read, visits.visitors / visitors, visits.visits / len(visits.visitor))
