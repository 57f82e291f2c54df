"""Runs a detector over each series and tells which of its newest buckets are out of the ordinary."""

from collections.abc import Sequence

import msgspec
import numpy as np

from gooddata.intelligence.anomalies.detector import BOUNDS, Detector
from gooddata.intelligence.anomalies.metrics import Watched

ALARM = 0.6  # a score
CHANCE = 4.0  # standard deviations of what chance alone does


class Found(msgspec.Struct, frozen=True):
    """A bucket (its start, epoch ms) of a series that is out of the ordinary: outside `low` to `high`."""

    metric: str
    dimension: str
    value: str
    bucket: int
    observed: float
    low: float
    high: float
    score: float


def find(watched: Sequence[Watched], first: int, step_ms: int, since: int, far: float) -> list[Found]:
    """What is out of the ordinary from `since` (epoch ms) on, in series whose first bucket starts at `first`.

    It is scored as anomalous, or `far` mean distances from the usual of its hour; outside the bounds in either case, and
    more than chance would do to so small a count.
    """
    found = []
    for series in watched:
        detector = Detector()
        for place, value in enumerate(series.values):
            at = first + place * step_ms
            if np.isnan(value):
                continue
            low, high = detector.expected(at)
            known, score = not detector.warming, detector.update(at, float(value))
            usual = (low + high) / 2
            if known:
                score = max(score, _by_distance(abs(value - usual), far * (high - low) / 2 / BOUNDS))
            least = CHANCE * series.chance(usual, place)
            low, high = min(low, usual - least), max(high, usual + least)
            if at >= since and score >= ALARM and not low <= value <= high:
                found.append(
                    Found(series.metric, series.dimension, series.value, at, float(value), max(low, 0.0), high, score)
                )
    return found


def _by_distance(distance: float, far: float) -> float:
    """A score that is ALARM at the distance `far`, and nearer to 1 the farther."""
    return distance / (distance + far * (1 - ALARM) / ALARM) if distance else 0.0
