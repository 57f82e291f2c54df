"""Filters of sessions as SQL, for lists of sessions: the same filters as in `columns/`, over tables."""

from collections.abc import Sequence

from gooddata.serving.columns.filters import OF_EVENTS, Filter

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


def conditions(filters: Sequence[Filter], first: int) -> tuple[str, list[list[str]]]:
    """A condition on sessions `s`, and its parameters, of which the first has the number `first`."""
    told = ["true"]
    for number, each in enumerate(filters, first):
        value = _VALUES[each.dimension]
        if each.contains:
            holds = f"EXISTS (SELECT FROM unnest(${number}::text[]) AS part WHERE strpos({value}, part) > 0)"
        else:
            holds = f"{value} = ANY (${number}::text[])"
        if each.dimension in OF_EVENTS:
            holds = _OF_ITS_EVENTS.format(holds=holds)
        told.append(f"({holds}) IS NOT TRUE" if each.negated else holds)
    return " AND ".join(told), [list(each.values) for each in filters]
