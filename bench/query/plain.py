"""The same questions in SQL of one plain table, with a row for each event."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from bench.query_data.fill import PROJECT
from gooddata.sql import statement

_VALUES = {"page": "path", "event": "coalesce(name, type)", "goal": "CASE WHEN goal THEN name END"}
_MEASURES = {"page": "pageviews", "event": "events", "goal": "events"}
_SQL = {
    name: statement(__package__, f"plain_{name}")
    for name in ("overview", "timeseries", "breakdown", "ends", "funnel", "retention", "paths")
}
_PAGE = (
    "AND session_id IN (SELECT session_id FROM plain.event WHERE project_id = $1 AND timestamp >= $2 AND timestamp < $3"
    " AND type = 'page' AND path = {place})"
)


class Statement(msgspec.Struct, frozen=True):
    sql: str
    arguments: list[Any]


def overview(start: datetime, end: datetime, filters: Sequence[tuple[str, str]]) -> Statement:
    return _filtered(_SQL["overview"], [PROJECT, start, end], filters)


def timeseries(start: datetime, end: datetime, step: str, filters: Sequence[tuple[str, str]]) -> Statement:
    return _filtered(_SQL["timeseries"].replace("{step}", step), [PROJECT, start, end], filters)


def breakdown(start: datetime, end: datetime, dimension: str, filters: Sequence[tuple[str, str]]) -> Statement:
    if dimension in ("entry", "exit"):
        sql = _SQL["ends"].replace("{order}", "DESC" if dimension == "exit" else "ASC")
    else:
        sql = _SQL["breakdown"].replace("{value}", _VALUES.get(dimension, dimension))
        sql = sql.replace("{measure}", _MEASURES.get(dimension, "sessions"))
    return _filtered(sql, [PROJECT, start, end], filters)


def journey(name: str, start: datetime, end: datetime, *others: str) -> Statement:
    """A funnel, retention or paths."""
    return _filtered(_SQL[name], [PROJECT, start, end, *others], [])


def _filtered(sql: str, arguments: list[Any], filters: Sequence[tuple[str, str]]) -> Statement:
    """Sessions are selected: by what is on each of their rows, or by a page that one of them views."""
    conditions = []
    for dimension, value in filters:
        arguments = [*arguments, value]
        place = f"${len(arguments)}"
        conditions.append(_PAGE.format(place=place) if dimension == "page" else f"AND {dimension} = {place}")
    return Statement(sql.replace("{filters}", " ".join(conditions)), arguments)


def headline(kind: str, rows: Sequence[Any]) -> float | None:
    """What `questions.headline` is of the product's answer."""
    if not rows:
        return None
    if kind == "timeseries":
        return float(sum(row["events"] for row in rows))
    if kind in ("overview", "breakdown") and (events := rows[0].get("events")) is not None:
        return float(events)
    return float(rows[0][0]) if kind == "funnel" else None
