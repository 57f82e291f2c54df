"""Automation, held to the contract: the score of sessions, by what is usual among others."""

import msgspec
import numpy as np

from gooddata.intelligence.automated.detector import Detector, abstains
from tests.unit.intelligence.automated.given import DAY, a_fact, crawler, monitor, people, watched
from tests.unit.intelligence.tasks.case import Case

ASKED = [*people(40, seed=7), *crawler(), *monitor()]


def fit(sessions):
    reason = abstains(len(sessions))
    return reason or Detector.fit(sessions)


def score(model, sessions):
    if isinstance(model, str):
        return np.full(len(sessions), np.nan)
    return np.array([each.score for each in model.look(sessions)])


def spoilt(**fields):
    def spoil(sessions):
        return [
            msgspec.structs.replace(each, facts=[msgspec.structs.replace(fact, **fields) for fact in each.facts])
            for each in sessions
        ]

    return spoil


def later(_):
    """Everybody comes back the next day, several times."""
    last = max(fact.at for fact in ASKED)
    back = [a_fact(last + DAY + n * 7_200_000, "page", path="/", visitor=f.visitor) for f in ASKED for n in range(3)]
    return watched([*ASKED, *back])[: len(watched(ASKED))]


CASES = [
    Case(
        name="automation",
        enough=lambda: watched(people(300)),
        few=lambda: watched(people(20)),
        fit=fit,
        dumps=lambda detector: detector.dumps(),
        load=Detector.loads,
        ask=lambda _: watched(ASKED),
        score=score,
        abstains=lambda model: model if isinstance(model, str) else None,
        missing=lambda sessions: [msgspec.structs.replace(each, facts=[], earlier=[]) for each in sessions],
        unseen=spoilt(type="of a kind to come", path="/\x00" * 50, source="nowhere", vector=None, scroll=1e30),
        earlier=lambda _: watched(ASKED),
        later=later,
    )
]
