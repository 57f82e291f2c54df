"""Segments, held to the contract: a score is the id of the segment."""

import numpy as np

from gooddata.intelligence.segments.segments import Segments, fit
from gooddata.intelligence.segments.visits import DAY_MS, by_visitor
from tests.unit.intelligence.segments.given import NOW, everybody
from tests.unit.intelligence.tasks.case import Case

ASKED = everybody(30, seed=7)


def score(model, rows):
    return np.full(len(rows), np.nan) if isinstance(model, str) else model.assign(rows).astype(float)


def rows_of(visits):
    return by_visitor(visits, NOW)[1]


def spoilt(value):
    def spoil(rows):
        changed = rows.copy()
        changed[::3] = value
        return changed

    return spoil


CASES = [
    Case(
        name="segments",
        enough=lambda: rows_of(everybody()),
        few=lambda: rows_of(everybody(20)),
        fit=lambda rows: fit(rows, NOW),
        dumps=lambda model: model.dumps(),
        load=Segments.loads,
        ask=lambda _: rows_of(ASKED),
        score=score,
        abstains=lambda model: model if isinstance(model, str) else None,
        missing=spoilt(np.nan),
        unseen=spoilt(1e30),
        earlier=lambda _: rows_of(ASKED),
        later=lambda _: rows_of([*ASKED, *everybody(30, seed=8, now=NOW + 28 * DAY_MS)]),
        bounds=(1.0, 8.0),
    )
]
