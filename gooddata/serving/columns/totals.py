"""Totals of a period."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gooddata.serving.columns.choose import Part, Stretch, parts
from gooddata.serving.columns.filters import Condition
from gooddata.serving.columns.people import different, takes_sample

EVENT_COUNTS = ("events", "pageviews", "conversions")
_KEPT_AS = {"events": "events", "pageviews": "pageviews", "conversions": "goals"}


def totals(stretch: Stretch, filters: Sequence[Condition], since: int, until: int) -> dict[str, Any]:
    """Counts of the sessions that pass, between two moments (epoch seconds). A session counts where it began; bounces
    and converted sessions are of those that did so within the period."""
    found = parts(stretch, filters, since, until)
    sums = {name: sum(int((of(part, name) * part.chosen).sum()) for part in found) for name in EVENT_COUNTS}
    bounced, converted = stretch.bounced(), stretch.converted()
    sessions = bounces = conversions = 0
    for part in found:
        began = part.began(since, until)
        sessions += int(np.count_nonzero(began))
        bounces += int(np.count_nonzero(began & bounced[part.place]))
        conversions += int(np.count_nonzero(began & converted[part.place]))
    return {
        **sums,
        "sessions": sessions,
        "revenue": round(sum(float((part.visits.revenue * part.chosen).sum()) for part in found), 4),
        "conversion_rate": conversions / sessions if sessions else None,
        "bounce_rate": bounces / sessions if sessions else None,
        "visitors": _visitors(found),
    }


def _visitors(found: Sequence[Part]) -> int:
    there = [part.there for part in found]
    visits = np.array([sum(int(np.count_nonzero(each)) for each in there)])
    if takes_sample(visits)[0]:
        own = [
            part.day.visitor[part.day.sampled[each[part.day.sampled]]] for part, each in zip(found, there, strict=True)
        ]
    else:
        own = [part.day.visitor[each] for part, each in zip(found, there, strict=True)]
    return int(different(own, [0] * len(own), visits)[0])


def of(part: Part, name: str) -> Any:
    """(n,) A count of visits, by its public name."""
    return getattr(part.visits, _KEPT_AS[name])
