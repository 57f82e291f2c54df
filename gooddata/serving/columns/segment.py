"""Who is in a segment: visitors with a session that passes filters, within a window of days that ends with a day."""

from collections.abc import Sequence

import msgspec
import numpy as np

from gooddata.blocks.block import Array
from gooddata.serving.columns.choose import Stretch, parts
from gooddata.serving.columns.filters import Condition

MOST_DAYS = 190
"""That sizes are asked of at once."""

# A key is the visitor's hash but for its last nine bits, which are the day: one that is asked for, or of the window
# before them.
_DAY = np.uint64(511)


class Members(msgspec.Struct, frozen=True):
    """(n,) Visitors by the first eight bytes of their hashes, in their order; when each had the last event of such a
    session (epoch seconds), and how many such sessions."""

    visitor: Array
    last: Array
    sessions: Array

    def after(self, visitor: int) -> "Members":
        """Those whose hashes are greater."""
        place = int(np.searchsorted(self.visitor, np.uint64(visitor), side="right"))
        return self.part(place, len(self.visitor))

    def part(self, since: int, until: int) -> "Members":
        """Those of some places."""
        return Members(self.visitor[since:until], self.last[since:until], self.sessions[since:until])


def sizes(stretch: Stretch, filters: Sequence[Condition], edges: Sequence[int], days: int) -> list[int]:
    """How many visitors are in the segment on each day but the first `days` - 1: they had an event of such a session on
    it, or on one of the days - 1 before it. `edges` (epoch seconds) are where days begin, and the last one ends."""
    before, count = days - 1, len(edges) - days
    found = [np.zeros(0, "u8")]
    for part in parts(stretch, filters, edges[0], edges[-1]):
        there = np.flatnonzero(part.there)
        visitors = part.day.visitor[there] & ~_DAY
        at = np.array(edges, "i8") - part.day.start
        # What a visit did lies in two days of a time zone at most. Place 0 is before the first of them.
        first = np.searchsorted(at, part.day.first[there], side="right")
        last = np.searchsorted(at, part.day.last[there], side="right")
        for place, counts in ((first, True), (last, last > first)):
            inside = (place > 0) & (place < len(edges)) & counts
            found.append(visitors[inside] | (place[inside] - 1).astype("u8"))
    keys = np.unique(np.concatenate(found))
    visitor, begins = keys & ~_DAY, (keys & _DAY).astype("i8")
    # A visitor is in it for so many days, or until the next day with such a session prolongs it.
    ends = begins + days
    again = visitor[1:] == visitor[:-1]
    ends[:-1][again] = np.minimum(ends[:-1], begins[1:])[again]
    came = np.bincount(np.clip(begins - before, 0, count), minlength=count + 1)
    went = np.bincount(np.clip(ends - before, 0, count), minlength=count + 1)
    sums: list[int] = np.cumsum(came - went)[:count].tolist()
    return sums


def members(stretch: Stretch, filters: Sequence[Condition], since: int, until: int) -> Members:
    """Visitors with an event of such a session between two moments (epoch seconds)."""
    visitors, sessions, lasts = [np.zeros(0, "u8")], [np.zeros(0, "u8")], [np.zeros(0, "i8")]
    for part in parts(stretch, filters, since, until):
        there = np.flatnonzero(part.there)
        visitors.append(part.day.visitor[there])
        sessions.append(part.day.session[there])
        lasts.append(part.day.last[there].astype("i8") + part.day.start)
    visitor, last = np.concatenate(visitors), np.concatenate(lasts)
    # A session that goes on past midnight is two visits.
    _, once = np.unique(np.concatenate(sessions), return_index=True)
    found, whose = np.unique(visitor, return_inverse=True)
    latest = np.zeros(len(found), "i8")
    np.maximum.at(latest, whose, last)
    return Members(found, latest, np.bincount(whose[once], minlength=len(found)))
