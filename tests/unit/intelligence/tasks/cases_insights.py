"""Insights, held to the contract: the score of a thing that may be said is its rank, 0 where it is not said."""

import msgspec
import numpy as np

from bench.insights import made_up
from gooddata.intelligence.insights.cells import COLUMNS, CONVERTED, HOURS, cells_of
from gooddata.intelligence.insights.find import Found, find
from gooddata.intelligence.moments import HOUR_MS
from tests.unit.intelligence.tasks.case import Case

WHOM = [{"source": "google"}, {"source": "direct"}, {"device": "phone"}, {}]


class AsOf:
    """Counts of hours, as they are read at the end of what was made up."""

    def __init__(self, material, rows):
        self.material, self.rows = material, rows

    def found(self):
        cells, days = cells_of(
            [(*cell, hour, *counts[:CONVERTED]) for cell, hour, counts in self.rows],
            [(*cell, hour, counts[CONVERTED]) for cell, hour, counts in self.rows],
            self.material.end,
        )
        return find(msgspec.structs.replace(self.material, days=days, cells=cells))


def rows(material):
    return [
        (cell, material.end - (HOURS - hour) * HOUR_MS, counts)
        for cell, hours in material.cells.items()
        for hour, counts in enumerate(hours)
    ]


def later(material):
    """Everything doubles in the two days that follow, and somebody new comes."""
    follows = [(cell, at + 48 * HOUR_MS, 2 * counts) for cell, at, counts in rows(material)]
    follows += [(("source", "new"), material.end + hour * HOUR_MS, np.full(COLUMNS, 900.0)) for hour in range(48)]
    return AsOf(material, [*rows(material), *(row for row in follows if row[1] >= material.end)])


def score(found, asked):
    if isinstance(asked, AsOf):
        # Nothing is learned beforehand: what is counted is all there is to ask.
        found, asked = asked.found(), WHOM
    if found.reason is not None:
        return np.full(len(asked), np.nan)
    return np.array(
        [max((each.rank for each in found.insights if each.for_whom == whom), default=0.0) for whom in asked]
    )


CASES = [
    Case(
        name="insights",
        enough=lambda: made_up(3, source=0.4),
        few=lambda: msgspec.structs.replace(made_up(3), days=10),
        fit=find,
        dumps=msgspec.json.encode,
        load=lambda blob: msgspec.json.decode(blob, type=Found),
        ask=lambda material: WHOM,
        score=score,
        abstains=lambda found: found.reason,
        missing=lambda asked: [{} for _ in asked],
        unseen=lambda asked: [{"source": "of no session"} for _ in asked],
        earlier=lambda material: AsOf(material, rows(material)),
        later=later,
    )
]
