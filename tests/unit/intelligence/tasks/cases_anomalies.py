"""The streaming detector, held to the contract. An example is a value an hour; asking is going on from there."""

import json

import numpy as np

from gooddata.intelligence.anomalies import Detector
from tests.unit.intelligence.tasks.case import Case

HOUR = 3_600_000
START = 1_795_132_800_000
FIRST = 35  # with the hour that is out of the ordinary


def series(hours, seed=1):
    rng = np.random.default_rng(seed)
    at = np.arange(hours)
    return np.column_stack([START + at * HOUR, 200 + 100 * np.sin(at * np.pi / 12) + rng.normal(0, 8, hours)])


def fit(rows):
    detector = Detector()
    for at, value in rows:
        detector.update(int(at), float(value))
    return detector


def ask(rows):
    asked = series(60, seed=2)
    asked[:, 0] += rows[-1, 0] - START + HOUR
    asked[30, 1] = 900.0
    return asked


def score(detector, asked):
    if isinstance(asked, GoesOn):
        return score(detector, asked.rows)[: asked.first]
    if detector.warming:
        return np.full(len(asked), np.nan)
    going_on = Detector.of(detector.state())
    return np.array([going_on.update(int(at), float(value)) for at, value in asked])


class GoesOn:
    """A series of which the scores of the first hours are asked for."""

    def __init__(self, rows, first):
        self.rows, self.first = rows, first


def spoilt(with_value):
    def spoil(asked):
        spoilt = asked.copy()
        spoilt[::3, 1] = with_value
        return spoilt

    return spoil


CASES = [
    Case(
        name="anomalies",
        enough=lambda: series(400),
        few=lambda: series(20),
        fit=fit,
        dumps=lambda detector: json.dumps(detector.state()).encode(),
        load=lambda kept: Detector.of(json.loads(kept)),
        ask=ask,
        score=score,
        abstains=lambda detector: f"only {detector.count} values so far" if detector.warming else None,
        missing=spoilt(np.nan),
        unseen=spoilt(-1e12),
        earlier=lambda rows: ask(rows)[:FIRST],
        later=lambda rows: GoesOn(ask(rows), FIRST),
    )
]
