"""What is usual among a project's people, and how far from it a session is, in the direction of programs."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from gooddata.intelligence.automated.behaviour import BEHAVIOURS, HOUR
from gooddata.intelligence.automated.conduct import Conduct

Matrix = NDArray[np.float64]

FARTHEST = 5.0  # times the spread: past it, one feature must not rule
# Of sessions with pages, so many must show assets, or signs of somebody, for their absence to say anything.
SHOWN_BY = 0.2
_PRIOR_OF_AN_HOUR = 5.0


class Usual(msgspec.Struct):
    """Of each feature the median of people, the distance from it to what nine of ten have at most, and that in the
    feature's own unit; `hours` (24,) are the shares of people who come then; `shown` is what the events show."""

    median: list[float]
    spread: list[float]
    most: list[float]
    hours: list[float]
    shown: list[str]

    @classmethod
    def of(cls, rows: Matrix, shown: frozenset[str]) -> "Usual":
        """Of people's features (n, len(NAMES)), n > 0."""
        counts = np.bincount(rows[:, HOUR].astype(int), minlength=24) + _PRIOR_OF_AN_HOUR
        hours = counts / counts.sum()
        compared = _compared(rows, hours)
        median, most = (_quantile(compared, at) for at in (0.5, 0.9))
        spread = np.maximum(most - median, [each.spread for each in BEHAVIOURS])
        own = [np.expm1(value) if each.tail else value for each, value in zip(BEHAVIOURS, most, strict=True)]
        return cls(median.tolist(), spread.tolist(), [float(value) for value in own], hours.tolist(), sorted(shown))

    def beyond(self, rows: Matrix) -> Matrix:
        """How far sessions (n, len(NAMES)) are beyond people's median, in spreads, 0 to FARTHEST: (n, len(NAMES))."""
        far = (_compared(rows, np.array(self.hours)) - self.median) / self.spread
        far = np.nan_to_num(np.clip(far, 0.0, FARTHEST), nan=0.0)
        deaf = [each.needs is not None and each.needs not in self.shown for each in BEHAVIOURS]
        far[:, deaf] = 0.0
        return far


def _compared(rows: Matrix, hours: NDArray[np.float64]) -> Matrix:
    """Logarithms of what has a long tail, and for the hour how much rarer it is than if all were alike."""
    compared = rows.copy()
    compared[:, HOUR] = np.maximum(0.0, -np.log(24 * hours[rows[:, HOUR].astype(int) % 24]))
    for column, each in enumerate(BEHAVIOURS):
        if each.tail:
            compared[:, column] = np.log1p(np.maximum(rows[:, column], 0.0))
    return compared


def _quantile(rows: Matrix, at: float) -> Any:
    """Of what there is in each column; 0 where there is nothing."""
    return np.array([np.quantile(known, at) if len(known := column[~np.isnan(column)]) else 0.0 for column in rows.T])


def shown_by(told: Sequence[Conduct]) -> frozenset[str]:
    """What the events of these sessions show: "assets" (a server's log), "signs" of somebody (the engine)."""
    with_pages = [each for each in told if each.pages]
    least = SHOWN_BY * len(with_pages)
    counts = {
        "assets": sum(each.assets > 0 for each in with_pages),
        "signs": sum(each.signs > 0 for each in with_pages),
    }
    return frozenset(name for name, count in counts.items() if count and count >= least)
