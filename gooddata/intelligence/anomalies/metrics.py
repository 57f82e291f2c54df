"""The series of a project that are watched, made of its counts."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

COUNTS = ("events", "pageviews", "sessions", "conversions")
DIMENSIONS = ("source", "device", "browser", "page")
RATE, ERRORS = "conversion_rate", "errors"
ENOUGH_SESSIONS = 20  # below, a rate of a bucket says nothing

Vector = NDArray[np.float64]


class Watched(msgspec.Struct, frozen=True):
    """One series: `values` a bucket each, NaN where there is none; `chance` the standard deviation that chance alone
    gives a usual value."""

    metric: str
    dimension: str
    value: str
    values: Vector
    sessions: Vector

    def chance(self, usual: float, place: int) -> float:
        """How far from a usual value chance takes one, as a standard deviation (Poisson; binomial of a rate)."""
        if self.metric == RATE:
            share = min(max(usual, 0.01), 0.99)
            return math.sqrt(share * (1 - share) / max(self.sessions[place], 1.0))
        return math.sqrt(max(usual, 1.0))


def series(rows: Iterable[Mapping[str, Any]], first: int, buckets: int, step_ms: int) -> list[Watched]:
    """All series over that many buckets from `first` (epoch ms) on; what was not counted is 0."""
    counts: dict[tuple[str, str], dict[str, Vector]] = {}
    for row in rows:
        of = counts.setdefault((row["dimension"], row["value"]), {name: np.zeros(buckets) for name in COUNTS})
        place = (row["bucket"] - first) // step_ms
        for name in COUNTS:
            of[name][place] += row[name]
    found = []
    for (dimension, value), of in counts.items():
        sessions = of["sessions"]
        if dimension == "event":
            found.append(Watched(ERRORS, "", "", of["events"], sessions))
            continue
        metrics = ("events", "pageviews") if dimension == "page" else COUNTS
        found += [Watched(name, dimension, value, of[name], sessions) for name in metrics if of[name].any()]
        if dimension != "page" and of["conversions"].any():
            rate = np.where(sessions >= ENOUGH_SESSIONS, of["conversions"] / np.maximum(sessions, 1), np.nan)
            found.append(Watched(RATE, dimension, value, rate, sessions))
    return found
