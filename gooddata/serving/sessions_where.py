"""Filters of sessions as SQL, for lists of sessions: the same filters as in `columns/`, over tables."""

from collections.abc import Sequence
from typing import Any

from gooddata.serving.columns.filters import OF_EVENTS, SESSION_SCORES, VISITOR_SCORES, Comparison, Condition, Filter

# What a filter looks at, of a session `s`, or of an event `e` of it.
_VALUES = {
    "entry": "s.entry_path",
    "exit": "s.last_path",
    "source": "coalesce(nullif(s.source, ''), 'direct')",
    "campaign": "s.campaign",
    "country": "s.country",
    "device": "coalesce(nullif(s.device, ''), 'unknown')",
    "browser": "coalesce(nullif(s.browser, ''), 'unknown')",
    "page": "e.path",
    "event": "coalesce(nullif(e.name, ''), e.type)",
    "goal": "CASE WHEN e.goal THEN coalesce(nullif(e.name, ''), e.type) END",
}
_OF_ITS_EVENTS = (
    "EXISTS (SELECT FROM analytics.event e WHERE e.project_id = s.project_id AND e.visitor = s.visitor "
    "AND e.session_id = s.session_id AND e.timestamp BETWEEN s.started_at AND s.last_at AND {holds})"
)

_NUMBERS = {
    "views": "s.pageviews",
    "events": "s.events",
    "duration_seconds": "floor(extract(epoch FROM s.last_at)) - floor(extract(epoch FROM s.started_at))",
    "engaged_seconds": "s.engaged_ms / 1000.0",
    "revenue": "round(s.revenue::numeric, 4)",
}
_OF_ITS_SCORE = (
    "EXISTS (SELECT FROM analytics.score c WHERE c.project_id = s.project_id AND c.session_id = s.session_id "
    "AND c.task = '{task}' AND c.score {holds})"
)
_OF_ITS_VISITOR = (
    "EXISTS (SELECT FROM analytics.visitor_score v WHERE v.project_id = s.project_id AND v.visitor = s.visitor "
    "AND v.{task} {holds})"
)


def conditions(filters: Sequence[Condition], first: int) -> tuple[str, list[Any]]:
    """A condition on sessions `s`, and its parameters, of which the first has the number `first`."""
    told, values = ["true"], list[Any]()
    for number, each in enumerate(filters, first):
        if isinstance(each, Comparison):
            told.append(_by_number(each, number))
            values.append(each.number)
        else:
            told.append(_by_text(each, number))
            values.append(list(each.values))
    return " AND ".join(told), values


def _by_number(each: Comparison, number: int) -> str:
    holds = f"{each.operator} ${number}::double precision"
    if each.name in SESSION_SCORES:
        return _OF_ITS_SCORE.format(task=each.name, holds=holds)
    if each.name in VISITOR_SCORES:
        return _OF_ITS_VISITOR.format(task=each.name, holds=holds)
    return f"({_NUMBERS[each.name]}) {holds}"


def _by_text(each: Filter, number: int) -> str:
    value = _VALUES[each.dimension]
    if each.contains:
        holds = f"EXISTS (SELECT FROM unnest(${number}::text[]) AS part WHERE strpos({value}, part) > 0)"
    else:
        holds = f"{value} = ANY (${number}::text[])"
    if each.dimension in OF_EVENTS:
        holds = _OF_ITS_EVENTS.format(holds=holds)
    return f"({holds}) IS NOT TRUE" if each.negated else holds
