"""Insights, held to the contract: the score of a thing that may be said is its rank, 0 where it is not said."""

import msgspec
import numpy as np

from bench.insights import made_up
from gooddata.intelligence.insights.find import Found, find
from tests.unit.intelligence.tasks.case import Case

WHOM = [{"source": "google"}, {"source": "direct"}, {"device": "phone"}, {}]


def score(found, asked):
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
    )
]
