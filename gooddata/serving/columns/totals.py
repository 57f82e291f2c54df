"""Totals of a period."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gooddata.blocks.block import Array
from gooddata.serving.columns.choose import Part, Stretch, parts
from gooddata.serving.columns.filters import Condition
from gooddata.serving.columns.people import different
from gooddata.serving.columns.threads import each as each_of

EVENT_COUNTS = ("events", "pageviews", "conversions")
_KEPT_AS = {"events": "events", "pageviews": "pageviews", "conversions": "goals"}


def totals(stretch: Stretch, filters: Sequence[Condition], since: int, until: int) -> dict[str, Any]:
    """Counts of the sessions that pass, between two moments (epoch seconds). A session counts where it began; bounces
    and converted sessions are of those that did so within the period."""
    found = parts(stretch, filters, since, until)
    bounced, converted = stretch.bounced(), stretch.converted()
    told = each_of(lambda part: _of_part(part, since, until, bounced[part.place], converted[part.place]), found)
    events, pageviews, goals, revenue, sessions, bounces, conversions = (
        sum(each[place] for each in told) for place in range(7)
    )
    return {
        **dict(zip(EVENT_COUNTS, (events, pageviews, goals), strict=True)),
        "sessions": sessions,
        "revenue": round(float(revenue), 4),
        "conversion_rate": conversions / sessions if sessions else None,
        "bounce_rate": bounces / sessions if sessions else None,
        "visitors": _visitors(found),
    }


def _of_part(part: Part, since: int, until: int, bounced: Array, converted: Array) -> tuple[int | float, ...]:
    began = part.began(since, until)
    return (
        *(int((of(part, name) * part.chosen).sum()) for name in EVENT_COUNTS),
        float((part.visits.revenue * part.chosen).sum()),
        *(int(np.count_nonzero(each)) for each in (began, began & bounced, began & converted)),
    )


def _visitors(found: Sequence[Part]) -> int:
    there = each_of(lambda part: part.there, found)
    visits = sum(int(np.count_nonzero(each)) for each in there)
    enough = each_of(lambda each: each[0].day.least(each[1], visits), zip(found, there, strict=True))
    own = [part.day.visitor[each] for part, each in zip(found, enough, strict=True)]
    return int(different(own, [0] * len(own), np.array([visits]))[0])


def of(part: Part, name: str) -> Any:
    """(n,) A count of visits, by its public name."""
    return getattr(part.visits, _KEPT_AS[name])
