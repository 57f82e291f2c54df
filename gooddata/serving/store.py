"""The questions that serving puts to the databases, one method each; the SQL is in `queries/`."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID

import asyncpg
import msgspec

from gooddata.errors import InputError, LogUnavailable
from gooddata.persistence.pool import open_pool
from gooddata.serving.columns.filters import Condition
from gooddata.serving.log_lag import LogLag
from gooddata.serving.period import Period
from gooddata.serving.sessions_where import conditions
from gooddata.serving.visitors import count_visitors, visitors_by_step, visitors_by_value
from gooddata.sql import statement

DIMENSIONS = {
    "page": "pageviews",
    "source": "sessions",
    "campaign": "sessions",
    "device": "sessions",
    "browser": "sessions",
    "country": "sessions",
    "event": "events",
    "goal": "conversions",
}
LIVE_SPAN = timedelta(minutes=30)
LIVE_SESSIONS = 30

_EPOCH = datetime.fromtimestamp(0, UTC)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

_QUERIES = [
    "overview",
    "timeseries",
    "breakdown",
    "sessions",
    "timeline",
    "live",
    "ledger",
    "received",
    "lag",
    "visitor_score",
    "engine_model",
    "progress",
]
_SQL = {name: statement("gooddata.serving.queries", name) for name in _QUERIES}


class Store:
    """Reads analytics as the dashboard role, and of raw the ledger and the lag, as a role that sees nothing else."""

    def __init__(self, analytics: asyncpg.Pool, raw: asyncpg.Pool, log_lag: LogLag | None = None) -> None:
        self.analytics = analytics
        self.log_lag = log_lag
        self._raw = raw

    @classmethod
    async def open(cls, raw_dsn: str, analytics_dsn: str, log: str = "postgres") -> Self:
        """Raises ConfigurationError when a database is not there."""
        analytics = await open_pool(analytics_dsn, "gooddata_dashboard", size=8)
        await analytics.execute("SELECT 1")
        raw = await open_pool(raw_dsn, "gooddata_ledger", size=2)
        return cls(analytics, raw, LogLag(log, raw_dsn, analytics, raw))

    @property
    def raw(self) -> asyncpg.Pool:
        """Of raw what the ledger's role sees."""
        return self._raw

    async def close(self) -> None:
        if self.log_lag is not None:
            await self.log_lag.close()
        self.analytics.terminate()
        self._raw.terminate()

    async def projects(self) -> list[dict[str, Any]]:
        rows = await self.analytics.fetch(
            "SELECT project_id AS id, name, simulated FROM control.project ORDER BY created_at, project_id"
        )
        return [dict(row) for row in rows]

    async def engine_model(self, project: str) -> dict[str, Any] | None:
        """The model that browsers of the project evaluate themselves, as they get it; None while there is none."""
        row = await self.analytics.fetchrow(_SQL["engine_model"], project)
        if row is None:
            return None
        told = {"trained": True} | {name: row[name] for name in ("version", "vector_version", "trained_on")}
        return told | {"log_loss": float(row["log_loss"])} | msgspec.json.decode(row["model"])

    async def overview(self, project: str, period: Period, compare: bool = True) -> dict[str, Any]:
        """Totals of the period, and, to compare, of the period before it."""
        totals = await self._totals(project, period)
        return totals | {"previous": await self._totals(project, period.previous()) if compare else None}

    async def _totals(self, project: str, period: Period) -> dict[str, Any]:
        totals = dict(await self.analytics.fetchrow(_SQL["overview"], project, period.start, period.end))
        converted, bounces = totals.pop("converted_sessions"), totals.pop("bounces")
        sessions = totals["sessions"]
        totals["conversion_rate"] = converted / sessions if sessions else None
        totals["visitors"] = await count_visitors(self.analytics, project, period)
        totals["bounce_rate"] = bounces / sessions if sessions else None
        return totals

    async def timeseries(self, project: str, period: Period, interval: str) -> dict[str, Any]:
        """Columns of equal length: `t` in epoch ms, and a count for each step, zero where nothing happened; `visitors`
        of hours and days."""
        step = period.require_points(interval)
        rows = await self.analytics.fetch(_SQL["timeseries"], project, period.start, period.end, step)
        columns = ("t", "events", "pageviews", "sessions", "conversions")
        series: dict[str, Any] = {"interval": interval} | {column: [row[column] for row in rows] for column in columns}
        if interval != "minute":
            steps = [datetime.fromtimestamp(row["t"] / 1_000, UTC) for row in rows]
            series["visitors"] = await visitors_by_step(self.analytics, project, period, steps, step)
        return series

    async def breakdown(self, project: str, period: Period, dimension: str, limit: int) -> dict[str, Any]:
        """The greatest values of a dimension, by the measure that is natural to it.

        `visitors` are null while too many hours have changed for them to be looked up one by one.
        """
        rows = await self.analytics.fetch(
            _SQL["breakdown"], project, period.start, period.end, dimension, DIMENSIONS[dimension], limit
        )
        values = [row["value"] for row in rows]
        visitors = await visitors_by_value(self.analytics, project, period, dimension, values)
        return {
            "dimension": dimension,
            "rows": [dict(row) | {"visitors": visitors[row["value"]] if visitors else None} for row in rows],
        }

    async def sessions(
        self, project: str, span: Period, limit: int, filters: Sequence[Condition] = (), after: str | None = None
    ) -> dict[str, Any]:
        """The sessions of the period that were active latest, newest first, with their scores; those after the place
        that `next` of an earlier answer named."""
        at, last = (None, None) if after is None else _place(after)
        passing, values = conditions(filters, 8)
        rows = await self.analytics.fetch(
            _SQL["sessions"].replace("[filters]", passing),
            project, span.start, limit + 1, None, span.end, at, last, *values,
        )  # fmt: skip
        found = _sessions(rows)
        more = len(found) > limit
        newest = {row["session_id"]: row["last_at"] for row in rows}
        next_ = _named(newest[found[limit - 1]["session"]], found[limit - 1]["session"]) if more else None
        return {"sessions": found[:limit], "next": next_}

    async def session(self, project: str, session: UUID) -> dict[str, Any] | None:
        """One session with its timeline, or None."""
        rows = await self.analytics.fetch(
            _SQL["sessions"].replace("[filters]", "true"), project, _FIRST, 1, session, _LAST, None, None
        )
        if not rows:
            return None
        timeline = await self.analytics.fetch(_SQL["timeline"], project, rows[0]["visitor"], session)
        return _sessions(rows)[0] | {"timeline": [dict(row) for row in timeline]}

    async def live(self, project: str) -> dict[str, Any]:
        """Who is here now, and how far the workers are behind."""
        now = dict(await self.analytics.fetchrow(_SQL["live"], project))
        sessions = await self.sessions(project, Period(datetime.now(UTC) - LIVE_SPAN, _LAST), LIVE_SESSIONS)
        return now | {"sessions": sessions["sessions"], "lag_ms": await self.lag_ms()}

    async def lag_ms(self) -> int:
        """Milliseconds for which the oldest batch has waited that no worker has applied; 0 when none waits. While a log
        on NATS does not answer, it is told of what the raw database holds."""
        if self.log_lag is not None and self.log_lag.is_nats:
            with suppress(LogUnavailable):
                return max((each.lag_ms for each in (await self.log_lag.now())[0]), default=0)
        cursors = await self.analytics.fetch("SELECT partition, seq, caught_up_at FROM analytics.cursor")
        columns = [[cursor[place] for cursor in cursors] for place in range(3)]
        lag = await self._raw.fetchval(_SQL["lag"], *columns)
        return round(lag or 0)

    async def progress(self) -> int:
        """A number that grows whenever a worker commits."""
        return await self.analytics.fetchval(_SQL["progress"])

    async def ledger(self, project: str) -> dict[str, Any]:
        """What became of every event received: received = stored + duplicate + rejected + dropped."""
        answer: dict[str, Any] = {"received": 0, "stored": 0, "duplicate": 0, "rejected": {}, "dropped": {}}
        for row in await self._raw.fetch(_SQL["ledger"], project):
            answer["received"] += row["events"]
            if row["outcome"] in ("rejected", "dropped"):
                answer[row["outcome"]][row["reason"]] = row["events"]
            else:
                answer[row["outcome"]] = row["events"]
        return answer

    async def received_and_rejected(self, project: str, since: datetime) -> tuple[int, int]:
        """Events of the project that came since the hour of `since`, and those of them that were rejected."""
        return tuple(await self._raw.fetchrow(_SQL["received"], project, since))

    async def visitor_score(self, project: str, visitor: UUID) -> dict[str, Any]:
        """The newest scores of one visitor, as browsers receive them; without scores where there are none."""
        rows = await self.analytics.fetch(_SQL["visitor_score"], project, visitor)
        newest = max(rows, key=lambda row: row["computed_at"], default=None)
        return {
            "session": newest["session_id"] if newest else None,
            "scores": {row["task"]: _score(row) for row in rows},
            "last_event": newest["last_event"] if newest else None,
            "computed_at": newest["computed_at"] if newest else None,
        }


def _score(row: Mapping[str, Any]) -> dict[str, Any]:
    metrics = msgspec.json.decode(row["metrics"]) if row["metrics"] else {}
    quality = {name: metrics.get(name) for name in ("auc", "log_loss", "ece")} if row["score"] is not None else None
    return {
        "score": row["score"],
        "abstained": row["score"] is None,
        "reason": row["reason"],
        "model": row["model_version"],
        "trained_on": row["trained_on"],
        "quality": quality,
    }


def _sessions(rows: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    sessions: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        session = sessions.setdefault(
            row["session_id"],
            {
                "session": row["session_id"],
                "visitor": row["visitor"].hex[:8],
                "started_at": _milliseconds(row["started_at"]),
                "last_at": _milliseconds(row["last_at"]),
                "entry": row["entry_path"],
                "page": row["last_path"],
                "converted": row["goals"] > 0,
                "scores": {},
            }
            | {name: row[name] for name in _AS_STORED},
        )
        if row["task"] is not None:
            session["scores"][row["task"]] = {
                "score": row["score"],
                "abstained": row["score"] is None,
                "reason": row["reason"],
            }
    return list(sessions.values())


_AS_STORED = [
    "events",
    "pageviews",
    "clicks",
    "engaged_ms",
    "source",
    "device",
    "browser",
    "country",
    "simulated",
    "automated",
    "revenue",
]


def _named(at: datetime, session: UUID) -> str:
    """A place among sessions, as `next` names it."""
    return f"{(at - _EPOCH) // timedelta(microseconds=1)}.{session}"


def _place(text: str) -> tuple[datetime, UUID]:
    at, _, session = text.partition(".")
    try:
        return _EPOCH + timedelta(microseconds=int(at)), UUID(session)
    except (ValueError, OverflowError):
        raise InputError("cursor must be what `next` of an earlier answer said", "cursor") from None


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
