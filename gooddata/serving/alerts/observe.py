"""What a rule's condition comes to now."""

from datetime import datetime, timedelta
from typing import Any

from gooddata.serving.alerts.condition import Condition, OfAnomaly, OfHealth, OfMetric
from gooddata.serving.period import Period
from gooddata.serving.store import Store
from gooddata.serving.visitors import count_visitors
from gooddata.sql import statement

MOST_LAG_MS = 60_000  # workers who are farther behind have not counted the window yet
A_WEEK = timedelta(days=7)

_TOTALS = statement(__package__, "totals")
_ANOMALIES = statement(__package__, "anomalies")

Observed = tuple[float | None, str | None]


class Observer:
    """Looks at one moment, `at`; what several rules ask is looked up once."""

    def __init__(self, store: Store, at: datetime) -> None:
        self._store = store
        self._at = at
        self._known: dict[Any, Any] = {}
        self._lag_ms: int | None = None

    async def observe(self, project: str, condition: Condition) -> Observed:
        """A number to judge the condition by, or None and why there is none. A change is in percent."""
        if isinstance(condition, OfHealth):
            return await self._health(project, condition)
        if await self._lag() > MOST_LAG_MS:
            return None, "workers are more than a minute behind, so that this is not counted yet"
        if isinstance(condition, OfAnomaly):
            since = self._at - timedelta(minutes=condition.minutes)
            found = await self._store.analytics.fetchval(
                _ANOMALIES, project, since, self._at, condition.severity, condition.metric
            )
            return float(found), None
        return await self._metric(project, condition)

    async def _metric(self, project: str, condition: OfMetric) -> Observed:
        end = self._at.replace(second=0, microsecond=0)
        window = Period(end - timedelta(minutes=condition.minutes), end)
        now = await self._count(project, condition.metric, window)
        if condition.compare == "value":
            return now, None
        earlier = window.previous() if condition.compare == "before" else _earlier(window)
        before = await self._count(project, condition.metric, earlier)
        if before <= 0:
            return None, f"there were no {condition.metric} to compare with"
        return 100 * (now - before) / before, None

    async def _health(self, project: str, condition: OfHealth) -> Observed:
        if condition.measure == "lag":
            return await self._lag() / 1000, None
        since = self._at - timedelta(minutes=condition.minutes)
        if condition.measure == "rejected":
            received, rejected = await self._store.received_and_rejected(project, since)
            return (100 * rejected / received, None) if received else (None, "nothing was received in this time")
        if await self._lag() >= condition.minutes * 60_000:
            return None, "workers are farther behind than this time is long"
        return await self._count(project, "events", Period(since.replace(second=0, microsecond=0), self._at)), None

    async def _count(self, project: str, metric: str, window: Period) -> float:
        if metric == "visitors":
            key: Any = (project, metric, window.start, window.end)
            if key not in self._known:
                self._known[key] = await count_visitors(self._store.analytics, project, window)
            return float(self._known[key])
        key = (project, window.start, window.end)
        if key not in self._known:
            self._known[key] = await self._store.analytics.fetchrow(_TOTALS, project, window.start, window.end)
        return float(self._known[key][metric])

    async def _lag(self) -> int:
        if self._lag_ms is None:
            self._lag_ms = await self._store.lag_ms()
        return self._lag_ms


def _earlier(window: Period) -> Period:
    return Period(window.start - A_WEEK, window.end - A_WEEK)
