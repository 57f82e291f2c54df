"""What workers have found by themselves, and what came of acting on it, as the query API tells it."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from gooddata.errors import InputError
from gooddata.persistence.holdout import share_of
from gooddata.serving.period import Period
from gooddata.serving.uplift import Side, compared, wilson
from gooddata.sql import statement

ITEM_ORDERS = ("shown", "visitors", "clicked", "click_rate", "bought", "revenue", "revenue_after_click")
MOST_INTERVENTIONS = 100  # told of at a time; anybody who has the public write key can make up names

_QUERIES = [
    "anomalies",
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
    "feedback_items",
    "feedback_unusable",
    "standing",
]
_SQL = {name: statement("gooddata.serving.queries", name) for name in _QUERIES}


class Findings:
    """Reads analytics as the dashboard role."""

    def __init__(self, analytics: asyncpg.Pool) -> None:
        self._analytics = analytics

    async def anomalies(self, project: str, since: datetime, limit: int) -> list[dict[str, Any]]:
        """What was out of the ordinary in buckets from then on, newest first, with its driver where one is clear."""
        rows = await self._analytics.fetch(_SQL["anomalies"], project, since, limit)
        return [dict(row) | {"driver": msgspec.json.decode(row["driver"]) if row["driver"] else None} for row in rows]

    async def insights(self, project: str, limit: int) -> dict[str, Any]:
        """What there is to say now, the newest first and of one day the weightiest; and when it was looked for."""
        rows = await self._analytics.fetch(_SQL["insights"], project, datetime.now(UTC), limit)
        decoded = ("numbers", "for_whom")
        told = [dict(row) | {name: msgspec.json.decode(row[name]) for name in decoded} for row in rows]
        run = await self._analytics.fetchrow(_SQL["insight_run"], project)
        never = {"computed_at": None, "tested": 0, "reason": "nothing has been looked for yet"}
        return {"insights": told} | (dict(run) if run else never)

    async def automation(self, project: str, since: datetime, limit: int) -> dict[str, Any]:
        """How many sessions from then on are not people's, by what they say of themselves and by what they do; of the
        latter those of which it is surest, with the reasons, and how often each reason comes first."""
        totals = dict(await self._analytics.fetchrow(_SQL["automation"], project, since))
        rows = await self._analytics.fetch(_SQL["automation_examples"], project, since, limit)
        examples = [
            dict(row) | {"visitor": row["visitor"].hex[:8], "reasons": msgspec.json.decode(row["reasons"])}
            for row in rows
        ]
        reasons = {
            row["name"]: row["sessions"]
            for row in await self._analytics.fetch(_SQL["automation_reasons"], project, since)
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
        rows = await self._analytics.fetch(_SQL["segments"], project)
        members = sum(row["members"] for row in rows)
        told = [
            dict(row)
            | {"features": msgspec.json.decode(row["features"]), "share": row["members"] / members if members else None}
            for row in rows
        ]
        return {"segments": told, "members": members} | await self._standing(project, "segments")

    async def recommendations(self, project: str, item: str, limit: int) -> dict[str, Any]:
        """What belongs to an item, or, of no item, what is trending, the first first."""
        rows = await self._analytics.fetch(_SQL["recommendations"], project, item, limit)
        told = {"item": item or None, "recommendations": [dict(row) for row in rows]}
        return told | await self._standing(project, "recommendations")

    async def returns(self, project: str, limit: int) -> dict[str, Any]:
        """What is expected of the visitors who were here in the last 90 days, and how good the models are."""
        totals = dict(await self._analytics.fetchrow(_SQL["returns"], project))
        tenths = [dict(row) for row in await self._analytics.fetch(_SQL["returns_by_tenths"], project)]
        rows = await self._analytics.fetch(_SQL["returns_at_risk"], project, limit)
        at_risk = [dict(row) | {"visitor": row["visitor"].hex[:8], "reason": _why_at_risk(row)} for row in rows]
        tasks = {task: await self._standing(project, task) for task in ("return_7d", "churn_30d")}
        return totals | {"tenths": tenths, "at_risk": at_risk, "tasks": tasks}

    async def feedback(self, project: str, period: Period, within_hours: int | None) -> dict[str, Any]:
        """Of each intervention how it went for those who were shown it and for those held out."""
        within = None if within_hours is None else timedelta(hours=within_hours)
        rows, unusable = await asyncio.gather(
            self._analytics.fetch(_SQL["feedback"], project, period.start, period.end, within, MOST_INTERVENTIONS),
            self._analytics.fetchval(_SQL["feedback_unusable"], project, period.start, period.end),
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
            "holdout": await share_of(self._analytics, project),
            "within_hours": within_hours,
            "interventions": told,
            "left_out": max(0, rows[0]["interventions"] - MOST_INTERVENTIONS) if rows else 0,
            "unusable": unusable,
        }

    async def feedback_items(
        self, project: str, period: Period, intervention: str | None, sort: str, limit: int, offset: int
    ) -> dict[str, Any]:
        """Of each item that was shown how often, to whom, and what came of it in the same session; sorted by one of
        ITEM_ORDERS, the greatest first."""
        if sort not in ITEM_ORDERS:
            raise InputError(f"sort must be one of {', '.join(ITEM_ORDERS)}", "sort")
        asked = (project, period.start, period.end, intervention, sort)
        rows = [dict(row) for row in await self._analytics.fetch(_SQL["feedback_items"], *asked, limit, offset)]
        # Past the last page no row says how many there are.
        of = rows or (await self._analytics.fetch(_SQL["feedback_items"], *asked, 1, 0) if offset else [])
        count = of[0]["items"] if of else 0
        for row in rows:
            del row["items"]
            for name, part in (("click", row["clicked"]), ("bought", row["bought"])):
                row |= {f"{name}_rate": part / row["visitors"], f"{name}_interval": list(wilson(part, row["visitors"]))}
        return {"items": rows, "count": count}

    async def _standing(self, project: str, task: str) -> dict[str, Any]:
        """When it was last looked, why nothing is said, and how good the model in use is."""
        row = await self._analytics.fetchrow(_SQL["standing"], project, task)
        if row is None:
            return {"computed_at": None, "reason": "nothing has been looked at yet", "model": None}
        metrics = msgspec.json.decode(row["metrics"]) if row["metrics"] and row["reason"] is None else None
        return {"computed_at": row["at"], "reason": row["reason"], "model": metrics}


def _why_at_risk(row: Mapping[str, Any]) -> str:
    away, gap = row["days_away"], row["usual_gap_days"]
    if gap is None:
        return f"came once, {away:.0f} days ago"
    return f"was here {row['visits']} times, every {gap:.1f} days as a rule, and last {away:.0f} days ago"
