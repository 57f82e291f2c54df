"""Who came back."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gooddata.serving.columns.choose import Stretch, parts
from gooddata.serving.columns.filters import Condition

BY = ("day", "week", "month")
MOST_COHORTS = 60
LOOK_BACK_DAYS = 30
"""Who was there in the days before the first cohort is new to none."""

# A key is the visitor's hash but for its last six bits, which are the period.
_PERIOD = np.uint64(63)


def retention(
    stretch: Stretch, filters: Sequence[Condition], edges: Sequence[int], look_back: int
) -> list[dict[str, Any]]:
    """Cohorts of visitors by the period (between `edges`, epoch seconds) in which they were first there, and how many
    were there in each period from that one on. Visitors since `look_back` count as known."""
    count = len(edges) - 1
    since, until = look_back, edges[-1]
    found = [np.zeros(0, "u8")]
    for part in parts(stretch, filters, since, until):
        there = np.flatnonzero(part.there)
        visitors = part.day.visitor[there] & ~_PERIOD
        at = np.array(edges, "i8") - part.day.start
        first = np.searchsorted(at, part.day.first[there], side="right")
        last = np.minimum(np.searchsorted(at, part.day.last[there], side="right"), count)
        found.append(visitors | first.astype("u8"))
        later = last > first
        found.append(visitors[later] | last[later].astype("u8"))
    keys = np.sort(np.concatenate(found))
    if not len(keys):
        return _told(edges, np.zeros((count, count), "i8"))
    keys = keys[np.concatenate([[True], keys[1:] != keys[:-1]])]
    visitor, period = keys & ~_PERIOD, (keys & _PERIOD).astype("i8")
    begins = np.concatenate([[True], visitor[1:] != visitor[:-1]])
    first = period[begins][np.cumsum(begins) - 1]
    # Period 0 is before the first cohort, and `count` + 1 after the last.
    counted = (first > 0) & (period <= count)
    cells = (first[counted] - 1) * count + (period[counted] - first[counted])
    return _told(edges, np.bincount(cells, minlength=count * count).reshape(count, count))


def _told(edges: Sequence[int], table: Any) -> list[dict[str, Any]]:
    count = len(edges) - 1
    return [
        {
            "start": edges[cohort] * 1_000,
            "visitors": int(table[cohort, 0]),
            "returned": table[cohort, : count - cohort].tolist(),
        }
        for cohort in range(count)
    ]
