"""Numbers of sessions, by which they are compared."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from gooddata.blocks.block import Array
from gooddata.serving.columns.day import Day
from gooddata.serving.columns.filters import VISITOR_SCORES

if TYPE_CHECKING:
    from gooddata.serving.columns.choose import Stretch


def measured(stretch: "Stretch", name: str) -> list[Array]:
    """Of each day, a number (n,) of each visit's session as a whole; NaN where it has none."""
    if name in _ADDED:
        return _whole(stretch, _ADDED[name])
    if name == "revenue":
        # As it is told: what floating point adds to the sum does not matter.
        return [np.round(each, 4) for each in _whole(stretch, lambda day: day.whole.revenue)]
    if name == "duration_seconds":
        return _durations(stretch)
    if name in VISITOR_SCORES:
        return [stretch.visitor_scores[name].of(day.visitor) for day in stretch.days]
    return _scores(stretch, name)


_ADDED: dict[str, Callable[[Day], Array]] = {
    "views": lambda day: day.whole.pageviews,
    "events": lambda day: day.whole.events,
    "engaged_seconds": lambda day: day.engaged_ms / 1_000,
}


def _whole(stretch: "Stretch", of: Callable[[Day], Array]) -> list[Array]:
    found = [of(day).astype("f8") for day in stretch.days]
    for before, after, visit, same in stretch.links():
        found[before][visit] = found[after][same] = found[before][visit] + found[after][same]
    return found


def _durations(stretch: "Stretch") -> list[Array]:
    """From the second of a session's first event to that of its last."""
    ends = [day.last.astype("i8") + day.start for day in stretch.days]
    begins = [day.started.astype("i8") + day.start for day in stretch.days]
    for before, after, visit, same in stretch.links():
        ends[before][visit] = ends[after][same]
    return [(end - begin).astype("f8") for begin, end in zip(begins, ends, strict=True)]


def _scores(stretch: "Stretch", task: str) -> list[Array]:
    """A session's score, of which each of its days was told: what was read later is newer."""
    scores = stretch.session_scores[task]
    found = [own.of(day.session) for own, day in zip(scores, stretch.days, strict=True)]
    for before, after, visit, same in stretch.links():
        if scores[before].read_at > scores[after].read_at:
            found[after][same] = found[before][visit]
        else:
            found[before][visit] = found[after][same]
    return found
