"""The questions that serving puts to the databases, one method each; the SQL is in `queries/`."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID

import asyncpg
import msgspec

from gooddata.persistence.holdout import share_of
from gooddata.persistence.pool import open_pool
from gooddata.serving.period import Period
from gooddata.serving.uplift import Side, compared
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
MOST_INTERVENTIONS = 100  # told of at a time; anybody who has the public write key can make up names

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

_QUERIES = [
    "overview",
    "timeseries",
    "breakdown",
    "sessions",
    "timeline",
    "live",
    "anomalies",
    "ledger",
    "lag",
    "visitor_score",
    "engine_model",
    "progress",
    "insights",
    "insight_run",
    "automation",
    "automation_examples",
    "automation_reasons",
    "segments",
    "recommendations",
    "returns",
    "returns_by_tenths",
    "returns_at_risk",
    "feedback",
    "feedback_unusable",
    "standing",
]
_SQL = {name: statement("gooddata.serving.queries", name) for name in _QUERIES}


class Store:
    """Reads analytics as the dashboard role, and of raw the ledger and the lag, as a role that sees nothing else."""

    def __init__(self, analytics: asyncpg.Pool, raw: asyncpg.Pool) -> None:
        self.analytics = analytics
        self._raw = raw

    @classmethod
    async def open(cls, raw_dsn: str, analytics_dsn: str) -> Self:
        """Raises ConfigurationError when a database is not there."""
        analytics = await open_pool(analytics_dsn, "gooddata_dashboard", size=8)
        await analytics.execute("SELECT 1")
        return cls(analytics, await open_pool(raw_dsn, "gooddata_ledger", size=2))

    async def close(self) -> None:
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

    async def overview(self, project: str, period: Period) -> dict[str, Any]:
        """Totals of the period, and of the period before it."""
        totals = await self._totals(project, period)
        return totals | {"previous": await self._totals(project, period.previous())}

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

    async def sessions(self, project: str, span: Period, limit: int) -> list[dict[str, Any]]:
        """The sessions of the period that were active latest, newest first, with their scores."""
        return _sessions(await self.analytics.fetch(_SQL["sessions"], project, span.start, limit, None, span.end))

    async def session(self, project: str, session: UUID) -> dict[str, Any] | None:
        """One session with its timeline, or None."""
        rows = await self.analytics.fetch(_SQL["sessions"], project, _FIRST, 1, session, _LAST)
        if not rows:
            return None
        timeline = await self.analytics.fetch(_SQL["timeline"], project, rows[0]["visitor"], session)
        return _sessions(rows)[0] | {"timeline": [dict(row) for row in timeline]}

    async def live(self, project: str) -> dict[str, Any]:
        """Who is here now, and how far the workers are behind."""
        now = dict(await self.analytics.fetchrow(_SQL["live"], project))
        sessions = await self.sessions(project, Period(datetime.now(UTC) - LIVE_SPAN, _LAST), LIVE_SESSIONS)
        return now | {"sessions": sessions, "lag_ms": await self.lag_ms()}

    async def lag_ms(self) -> int:
        """Milliseconds for which the oldest batch has waited that no worker has applied; 0 when none waits."""
        cursors = await self.analytics.fetch("SELECT partition, seq, caught_up_at FROM analytics.cursor")
        columns = [[cursor[place] for cursor in cursors] for place in range(3)]
        lag = await self._raw.fetchval(_SQL["lag"], *columns)
        return round(lag or 0)

    async def progress(self) -> int:
        """A number that grows whenever a worker commits."""
        return await self.analytics.fetchval(_SQL["progress"])

    async def anomalies(self, project: str, since: datetime, limit: int) -> list[dict[str, Any]]:
        """What was out of the ordinary in buckets from then on, newest first, with its driver where one is clear."""
        rows = await self.analytics.fetch(_SQL["anomalies"], project, since, limit)
        return [dict(row) | {"driver": msgspec.json.decode(row["driver"]) if row["driver"] else None} for row in rows]

    async def insights(self, project: str, limit: int) -> dict[str, Any]:
        """What there is to say now, the newest first and of one day the weightiest; and when it was looked for."""
        rows = await self.analytics.fetch(_SQL["insights"], project, datetime.now(UTC), limit)
        decoded = ("numbers", "for_whom")
        told = [dict(row) | {name: msgspec.json.decode(row[name]) for name in decoded} for row in rows]
        run = await self.analytics.fetchrow(_SQL["insight_run"], project)
        never = {"computed_at": None, "tested": 0, "reason": "nothing has been looked for yet"}
        return {"insights": told} | (dict(run) if run else never)

    async def automation(self, project: str, since: datetime, limit: int) -> dict[str, Any]:
        """How many sessions from then on are not people's, by what they say of themselves and by what they do; of the
        latter those of which it is surest, with the reasons, and how often each reason comes first."""
        totals = dict(await self.analytics.fetchrow(_SQL["automation"], project, since))
        rows = await self.analytics.fetch(_SQL["automation_examples"], project, since, limit)
        examples = [
            dict(row) | {"visitor": row["visitor"].hex[:8], "reasons": msgspec.json.decode(row["reasons"])}
            for row in rows
        ]
        reasons = {
            row["name"]: row["sessions"]
            for row in await self.analytics.fetch(_SQL["automation_reasons"], project, since)
        }
        programs, sessions = totals["declared"] + totals["likely"], totals["sessions"]
        share = programs / sessions if sessions else None
        return (
            totals
            | {"share": share, "first_reasons": reasons, "examples": examples}
            | await self._standing(project, "automation")
        )

    async def segments(self, project: str) -> dict[str, Any]:
        """Segments with their members' counts, the greatest first; and when they were last looked at."""
        rows = await self.analytics.fetch(_SQL["segments"], project)
        members = sum(row["members"] for row in rows)
        told = [
            dict(row)
            | {"features": msgspec.json.decode(row["features"]), "share": row["members"] / members if members else None}
            for row in rows
        ]
        return {"segments": told, "members": members} | await self._standing(project, "segments")

    async def recommendations(self, project: str, item: str, limit: int) -> dict[str, Any]:
        """What belongs to an item, or, of no item, what is trending, the first first."""
        rows = await self.analytics.fetch(_SQL["recommendations"], project, item, limit)
        told = {"item": item or None, "recommendations": [dict(row) for row in rows]}
        return told | await self._standing(project, "recommendations")

    async def returns(self, project: str, limit: int) -> dict[str, Any]:
        """What is expected of the visitors who were here in the last 90 days, and how good the models are."""
        totals = dict(await self.analytics.fetchrow(_SQL["returns"], project))
        tenths = [dict(row) for row in await self.analytics.fetch(_SQL["returns_by_tenths"], project)]
        rows = await self.analytics.fetch(_SQL["returns_at_risk"], project, limit)
        at_risk = [dict(row) | {"visitor": row["visitor"].hex[:8], "reason": _why_at_risk(row)} for row in rows]
        tasks = {task: await self._standing(project, task) for task in ("return_7d", "churn_30d")}
        return totals | {"tenths": tenths, "at_risk": at_risk, "tasks": tasks}

    async def feedback(self, project: str, period: Period, within_hours: int | None) -> dict[str, Any]:
        """Of each intervention how it went for those who were shown it and for those held out."""
        within = None if within_hours is None else timedelta(hours=within_hours)
        rows = await self.analytics.fetch(
            _SQL["feedback"], project, period.start, period.end, within, MOST_INTERVENTIONS
        )
        sides: dict[str, dict[str, Side]] = {}
        for row in rows:
            counts = (row[name] for name in ("visitors", "converted", "clicked", "dismissed"))
            sides.setdefault(row["intervention"], {})[row["variant"]] = Side(*counts)
        nobody = Side(0, 0)
        told = [
            {"intervention": name} | compared(own.get("shown", nobody), own.get("holdout", nobody))
            for name, own in sides.items()
        ]
        return {
            "holdout": await share_of(self.analytics, project),
            "within_hours": within_hours,
            "interventions": told,
            "left_out": max(0, rows[0]["interventions"] - MOST_INTERVENTIONS) if rows else 0,
            "unusable": await self.analytics.fetchval(_SQL["feedback_unusable"], project, period.start, period.end),
        }

    async def _standing(self, project: str, task: str) -> dict[str, Any]:
        """When it was last looked, why nothing is said, and how good the model in use is."""
        row = await self.analytics.fetchrow(_SQL["standing"], project, task)
        if row is None:
            return {"computed_at": None, "reason": "nothing has been looked at yet", "model": None}
        metrics = msgspec.json.decode(row["metrics"]) if row["metrics"] and row["reason"] is None else None
        return {"computed_at": row["at"], "reason": row["reason"], "model": metrics}

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


def _why_at_risk(row: Mapping[str, Any]) -> str:
    away, gap = row["days_away"], row["usual_gap_days"]
    if gap is None:
        return f"came once, {away:.0f} days ago"
    return f"was here {row['visits']} times, every {gap:.1f} days as a rule, and last {away:.0f} days ago"


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


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
