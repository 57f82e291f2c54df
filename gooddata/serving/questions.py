"""Overview, time series and breakdown: from rollups where a question is of a day or two, unfiltered and in UTC, and
from columns otherwise.

Rollups are of this second, and of times whose events are past their term; columns filter and combine, and answer of
months in milliseconds.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from gooddata.serving.columns.answers import Columns
from gooddata.serving.columns.filters import Condition
from gooddata.serving.period import INTERVALS, Period
from gooddata.serving.store import DIMENSIONS, Store

# Rollups of more time than this take longer to add up than columns.
SHORT = timedelta(hours=49)


class Questions:
    """Puts each question to the one that answers it better."""

    def __init__(self, store: Store, columns: Columns) -> None:
        self._store = store
        self._columns = columns

    async def overview(
        self, project: str, period: Period, filters: Sequence[Condition], compare: bool
    ) -> dict[str, Any]:
        if await self._suits_rollups(project, period, filters):
            return await self._store.overview(project, period, compare)
        return await self._columns.overview(project, period, filters, compare)

    async def timeseries(
        self, project: str, period: Period, interval: str, tz: str, filters: Sequence[Condition]
    ) -> dict[str, Any]:
        is_plain = tz == "UTC" and interval in INTERVALS
        if is_plain and await self._suits_rollups(project, period, filters):
            return await self._store.timeseries(project, period, interval)
        return await self._columns.timeseries(project, period, interval, tz, filters)

    async def breakdown(
        self, project: str, period: Period, dimension: str, filters: Sequence[Condition], limit: int, offset: int
    ) -> dict[str, Any]:
        is_plain = dimension in DIMENSIONS and not offset
        if is_plain and await self._suits_rollups(project, period, filters):
            return await self._store.breakdown(project, period, dimension, limit)
        return await self._columns.breakdown(project, period, dimension, filters, limit, offset)

    async def _suits_rollups(self, project: str, period: Period, filters: Sequence[Condition]) -> bool:
        if filters:
            return False
        return period.end - period.start <= SHORT or not await self._columns.covers(project, period)
