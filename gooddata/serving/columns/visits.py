"""Where in the table of events those of one name are, of sessions that pass: by visit, and of a share of visitors where
there are many."""

from collections.abc import Sequence

import msgspec
import numpy as np

from gooddata.blocks.block import Array
from gooddata.serving.columns.choose import Part, Stretch, parts
from gooddata.serving.columns.events import visits_of_names
from gooddata.serving.columns.filters import Condition
from gooddata.serving.columns.people import different
from gooddata.serving.columns.threads import each as each_of


class Visits(msgspec.Struct, frozen=True):
    """Visits with an event of the name, by visitor (k,): the first eight bytes of the visitor's and the session's id,
    from which second to which (epoch) the visit was there within the period, and how many such events it has. `events`,
    `visitors` and `visits` are how many there are in all."""

    visitor: Array
    session: Array
    first: Array
    last: Array
    count: Array
    events: int
    visitors: int
    visits: int

    @property
    def is_sample(self) -> bool:
        return len(self.visitor) < self.visits


def visits_with(
    stretch: Stretch, filters: Sequence[Condition], since: int, until: int, name: str, most_events: int
) -> Visits:
    """All visits with an event of the name; or, where these are more than `most_events`, those of the visitors whose
    hashes are least, with about so many. Events of one visitor stay together, so that visitors can be counted."""
    such = stretch.names["name"].which(name.__eq__)
    found = each_of(lambda part: _of_part(part, such, since, until), parts(stretch, filters, since, until))
    visitor, session, first, last, count = (
        np.concatenate([np.zeros(0, kind), *(own[place] for own in found)])
        for place, kind in enumerate(("u8", "u8", "i8", "i8", "i8"))
    )
    visits, events = len(visitor), int(count.sum())
    visitors = int(different([visitor], [0], np.array([visits]))[0])
    chosen = _chosen(visitor, count, most_events / max(events, 1), most_events)
    return Visits(
        visitor[chosen], session[chosen], first[chosen], last[chosen], count[chosen], events, visitors, visits
    )


def _of_part(part: Part, such: Array, since: int, until: int) -> tuple[Array, ...]:
    day = part.day
    visit, count = visits_of_names(part, such)
    first = np.maximum(day.first[visit].astype("i8") + day.start, since)
    last = np.minimum(day.last[visit].astype("i8") + day.start, until - 1)
    return day.visitor[visit], day.session[visit], first, last, count


def _chosen(visitor: Array, count: Array, share: float, most_events: int) -> Array:
    """Places of the chosen visits, by visitor."""
    # Where only some can be chosen, no more are sorted than about these.
    near = np.arange(len(visitor)) if share >= 1 else np.flatnonzero(visitor < np.uint64(2.0**64 * share * 0.99))
    order = near[np.argsort(visitor[near], kind="stable")]
    enough = int(np.searchsorted(np.cumsum(count[order]), most_events, side="right"))
    if enough == len(order):
        return order
    # Not a part of somebody's, unless there is nobody else.
    whole = int(np.searchsorted(visitor[order], visitor[order[enough]]))
    return order[: whole or enough + 1]
