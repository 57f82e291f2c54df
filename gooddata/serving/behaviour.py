"""How people get on with pages: where they click in vain, which forms they leave, what they read, what is slow, and
what fails.

What is rare is read as a whole. Reports of engaged time and of Web Vitals are as many as page views: of more than
MOST_READ the newest of each of SLICES equal parts of the period are read.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from gooddata.serving.columns.filters import Condition
from gooddata.serving.period import Period
from gooddata.serving.sessions_where import conditions
from gooddata.serving.vitals import VITALS, told_of
from gooddata.sql import statement

MOST_READ = 50_000
SLICES = 50
MOST_ROWS = 100
SCROLLED = (25, 50, 75, 100)

_QUERIES = ["clicks", "forms", "errors", "attention", "speed", "many"]
_SQL = {name: statement("gooddata.serving.queries", f"behaviour_{name}") for name in _QUERIES}
# A session is looked up by its id and when it started, a day before its events at most. OFFSET keeps the planner
# from joining all sessions, and all events of theirs that a filter asks about, instead.
_OF_SESSION = (
    "EXISTS (SELECT FROM analytics.session s WHERE s.project_id = $1 AND s.session_id = of.session_id "
    "AND s.started_at BETWEEN of.at - interval '24 hours' AND of.at AND {holds} OFFSET 0)"
)

Rows = list[asyncpg.Record]


class Behaviour:
    """Reads analytics as the dashboard role; `most_read` reports of a kind at most."""

    def __init__(self, analytics: asyncpg.Pool, most_read: int = MOST_READ) -> None:
        self._analytics = analytics
        self._most_read = most_read

    async def report(self, project: str, span: Period, filters: Sequence[Condition], limit: int) -> dict[str, Any]:
        """All of it, each a list of `limit` rows at most, of one moment."""
        async with (
            self._analytics.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            asked = _Asked(connection, project, span, filters, limit, self._most_read)
            return {
                "clicks": await asked.clicks(),
                "forms": await asked.forms(),
                "attention": await asked.attention(),
                "speed": await asked.speed(),
                "errors": await asked.errors(),
            }


class _Asked:
    """One question, asked on one connection."""

    def __init__(
        self, connection: Any, project: str, span: Period, filters: Sequence[Condition], limit: int, most_read: int
    ) -> None:
        self._connection, self._project, self._span = connection, project, span
        self._filters, self._limit, self._most_read = filters, limit, most_read

    async def clicks(self) -> dict[str, Any]:
        rows = await self._of_all("clicks")
        counted = ("rage", "dead", "thrash", "sessions")
        return _totals(rows, *counted) | {
            "rows": [
                {"page": row["page"], "element": row["element"], "tag": tag_of(row["element"]), "role": row["role"]}
                | {name: row[name] for name in counted}
                for row in rows
            ],
            "left_out": _left_out(rows, "places"),
        }

    async def forms(self) -> dict[str, Any]:
        rows = await self._of_all("forms")
        as_counted = ("page", "form", "started", "submitted", "abandoned", "sessions")
        return {
            "rows": [
                {name: row[name] for name in as_counted}
                | {"left_at": msgspec.json.decode(row["left_at"]) if row["left_at"] else []}
                for row in rows
            ],
            "left_out": _left_out(rows, "forms"),
        }

    async def errors(self) -> dict[str, Any]:
        rows = await self._of_all("errors")
        return _totals(rows, "errors", "sessions") | {
            "rows": [{name: row[name] for name in ("page", "errors", "sessions")} for row in rows],
            "left_out": _left_out(rows, "pages"),
        }

    async def attention(self) -> dict[str, Any]:
        rows, read = await self._of_slices("attention", "$engagement")
        return read | {
            "rows": [
                {"page": row["page"], "views": row["views"], "engaged_ms": row["engaged_ms"]}
                | {"scrolled": {str(percent): row[f"scrolled_{percent}"] for percent in SCROLLED}}
                for row in rows
            ],
            "left_out": _left_out(rows, "pages"),
        }

    async def speed(self) -> dict[str, Any]:
        bounds = [vital.good for vital in VITALS]
        rows, read = await self._of_slices("speed", "$web_vitals", *bounds)
        return read | {
            "rows": [{name: row[name] for name in ("page", "views", "slow")} | told_of(row) for row in rows],
            "left_out": _left_out(rows, "pages"),
        }

    async def _of_all(self, name: str) -> Rows:
        return await self._fetch(name, self._project, self._span.start, self._span.end, self._limit)

    async def _of_slices(self, name: str, event: str, *more: float) -> tuple[Rows, dict[str, Any]]:
        """The rows, how many events were read for them, and whether these are a sample."""
        slices, of_each = [self._span.start, self._span.end], self._most_read
        read = await self._many(event, slices, of_each + 1)
        sampled = read > self._most_read
        if sampled:
            slices, of_each = sliced(self._span, SLICES), self._most_read // SLICES
            read = await self._many(event, slices, of_each)
        rows = await self._fetch(name, self._project, slices[:-1], slices[1:], of_each, self._limit, *more)
        return rows, {"read": read, "sampled": sampled}

    async def _many(self, event: str, slices: Sequence[datetime], of_each: int) -> int:
        sql = _SQL["many"].replace("[name]", event)
        return int(await self._connection.fetchval(sql, self._project, slices[:-1], slices[1:], of_each))

    async def _fetch(self, name: str, *values: Any) -> Rows:
        passing, compared = conditions(self._filters, len(values) + 1)
        holds = _OF_SESSION.format(holds=passing) if self._filters else "true"
        return await self._connection.fetch(_SQL[name].replace("[passing]", holds), *values, *compared)


def sliced(span: Period, parts: int) -> list[datetime]:
    """The bounds of so many equal parts of a period."""
    return [span.start + (span.end - span.start) * part / parts for part in range(parts)] + [span.end]


def tag_of(element: str | None) -> str | None:
    """The tag of the element that a path leads to; the empty path leads to the page's body."""
    if not element:
        return None if element is None else "body"
    return element.rpartition(">")[2].partition("#")[0].partition(":")[0]


def _totals(rows: Rows, *names: str) -> dict[str, int]:
    """Of all there is, also where it is left out of the rows."""
    return {name: rows[0][f"all_{name}"] if rows else 0 for name in names}


def _left_out(rows: Rows, what: str) -> int:
    return rows[0][what] - len(rows) if rows else 0
