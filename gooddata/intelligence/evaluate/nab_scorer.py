"""The scorer of the Numenta Anomaly Benchmark (Lavin and Ahmad 2015, section III).

A row is detected where its score is at least the threshold, one for all series. In a labelled window only the earliest
detection counts, up to 1, the more the earlier it is; a window without one costs `fn`; every detection outside costs up
to `fp`, the less the nearer it is behind a window. Rows of the probationary period count for nothing.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

PROBATION = 0.15
PROBATION_ROWS = 5_000  # what is beyond adds nothing to the period
FAR = 3.0  # window lengths behind a window from which on a detection costs all

Vector = NDArray[np.float64]


class Profile(msgspec.Struct, frozen=True):
    """What a detection, a miss and a false alarm are worth."""

    tp: float
    fn: float
    fp: float


class Series(msgspec.Struct, frozen=True):
    """How many rows a series has, and its windows: first and last row of each, in order."""

    rows: int
    windows: Sequence[tuple[int, int]]


class Steps(msgspec.Struct, frozen=True):
    """By how much each row of a series changes its score once the threshold is down at the row's own."""

    scores: Vector
    changes: Vector
    windows: int

    def at(self, threshold: float, profile: Profile) -> float:
        """The series' score with that threshold, not normalised."""
        return float(self.changes[self.scores >= threshold].sum()) - profile.fn * self.windows


def sigmoid(position: Any) -> Any:
    """1 far before position 0, 0 at it, towards -1 behind it; -1 from FAR on. An array or a number."""
    return np.where(np.asarray(position) > FAR, -1.0, 2.0 / (1.0 + np.exp(5.0 * np.minimum(position, FAR))) - 1.0)


def probation(rows: int) -> int:
    """How many rows at the beginning do not count."""
    return int(PROBATION * min(rows, PROBATION_ROWS))


def steps(series: Series, scores: Vector, profile: Profile) -> Steps:
    """What every row's detection adds, each given that all with higher scores are detected already."""
    rows = np.arange(series.rows)
    changes = np.full(series.rows, -profile.fp)
    for first, last in series.windows:
        behind = rows > last
        length = max(last - first, 1)
        changes[behind] = profile.fp * sigmoid((rows[behind] - last) / length)
    for first, last in series.windows:
        within = np.arange(first, last + 1)
        worth = profile.tp * sigmoid(-(last - within + 1) / len(within)) / sigmoid(-1.0)
        worth[within < probation(series.rows)] = -profile.fn
        order = np.argsort(-scores[within], kind="stable")
        best = np.maximum.accumulate(np.concatenate([[-profile.fn], worth[order]]))
        changes[within[order]] = np.diff(best)
    changes[: probation(series.rows)] = 0.0
    return Steps(scores, changes, len(series.windows))


def optimise(all_steps: Sequence[Steps], profile: Profile) -> tuple[float, float]:
    """The threshold with the highest total, of all scores that occur, and that total normalised: a detector that says
    nothing has 0, one that is perfect 100."""
    windows = sum(each.windows for each in all_steps)
    scores = np.concatenate([each.scores for each in all_steps])
    changes = np.concatenate([each.changes for each in all_steps])
    order = np.argsort(-scores, kind="stable")
    totals = np.cumsum(changes[order]) - profile.fn * windows
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)  # equal scores are detected together
    best = ends[np.argmax(totals[ends])]
    return float(scores[order][best]), normalised(float(totals[best]), windows, profile)


def total(all_steps: Sequence[Steps], threshold: float, profile: Profile) -> float:
    """The normalised total with a given threshold; NaN where no series has a window."""
    windows = sum(each.windows for each in all_steps)
    return normalised(sum(each.at(threshold, profile) for each in all_steps), windows, profile)


def normalised(score: float, windows: int, profile: Profile) -> float:
    """A raw total on the scale from the null detector, 0, to the perfect one, 100."""
    nothing, perfect = -profile.fn * windows, profile.tp * windows
    return 100.0 * (score - nothing) / (perfect - nothing) if windows else float("nan")
