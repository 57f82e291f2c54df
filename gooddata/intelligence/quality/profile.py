"""What features and predictions were like, in bins, and how far others are from that."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from scipy.special import chdtri  # type: ignore[import-untyped]

from gooddata.intelligence.scoring.propensity import Matrix, Propensity, Vector

SCORE = "score"
"""The name by which predictions are among the features."""

# They follow the calendar, whatever visitors do.
CALENDAR = frozenset({"hour", "weekday"})
BINS = 10
# By custom, from here on a distribution has shifted so much that a model is to be looked at.
THRESHOLD = 0.25
# How seldom noise alone may raise an alarm, of all features together.
_FALSE_ALARMS = 0.01
_SMOOTHING = 0.5  # sessions added to every bin: an empty one is no proof of impossibility


class Profile(msgspec.Struct, frozen=True):
    """Of each feature the inner edges of its bins (a value equal to one is below it), and the share of each bin; the
    last share is of moments at which it was missing. Every one of the `sessions` counts as much as any other."""

    sessions: int
    edges: dict[str, list[float]]
    shares: dict[str, list[float]]


class Shift(msgspec.Struct, frozen=True):
    """How far a feature is from its profile: the population stability index, and from what on that is drift."""

    name: str
    psi: float
    limit: float

    @property
    def is_drift(self) -> bool:
        return self.psi > self.limit and self.name not in CALENDAR


def profile(features: Mapping[str, Vector], of_session: np.ndarray) -> Profile:
    """Of the values (n,) of features at moments, NaN where missing; `of_session` (n,) says of which session each is.

    Bins are those between tenths of the values; equal tenths fall together.
    """
    weights, sessions = _weights(of_session)
    edges = {name: _edges(values) for name, values in features.items()}
    return Profile(sessions, edges, {name: _shares(features[name], edges[name], weights) for name in features})


def shifts(known: Profile, features: Mapping[str, Vector], of_session: np.ndarray) -> list[Shift]:
    """How far these moments are from the profile, the farthest first.

    Sum of (q - p) ln(q / p) over bins. Where nothing has changed, that is distributed as chi-square of as many degrees
    of freedom as there are bins but one, times 1/n + 1/m (Yurdakul and Naranjo, Statistical properties of the
    population stability index, Journal of Risk Model Validation 2020); n and m count sessions, since moments of one are
    alike. The limit is the greater of THRESHOLD and of what noise exceeds in one of a hundred looks, all features taken
    together.
    """
    weights, sessions = _weights(of_session)
    found = []
    for name, expected in known.shares.items():
        if name not in features:
            continue
        observed = _shares(features[name], known.edges[name], weights)
        occupied = sum(p > 0 or q > 0 for p, q in zip(expected, observed, strict=True))
        noise = chdtri(max(occupied - 1, 1), _FALSE_ALARMS / len(known.shares))
        limit = max(THRESHOLD, float(noise) * (1 / known.sessions + 1 / sessions))
        found.append(Shift(name, _psi(expected, observed, known.sessions, sessions), limit))
    return sorted(found, key=lambda each: -each.psi / each.limit)


def by_name(model: Propensity, matrix: Matrix) -> dict[str, Vector]:
    """The features (n, len(model.names)) by name, and the predictions of them: as if nobody knew what time it was,
    since otherwise another day of the week would be a drift of predictions."""
    timeless = matrix.copy()
    timeless[:, [place for place, name in enumerate(model.names) if name in CALENDAR]] = np.nan
    return {name: matrix[:, place] for place, name in enumerate(model.names)} | {SCORE: model.predict(timeless)}


def _psi(expected: Sequence[float], observed: Sequence[float], n: int, m: int) -> float:
    p, q = (_smooth(np.array(each), count) for each, count in ((expected, n), (observed, m)))
    occupied = (np.array(expected) > 0) | (np.array(observed) > 0)
    return float(((q - p) * np.log(q / p))[occupied].sum())


def _smooth(shares: Vector, count: int) -> Vector:
    smoothed: Vector = (shares * count + _SMOOTHING) / (count + _SMOOTHING * len(shares))
    return smoothed


def _edges(values: Vector) -> list[float]:
    present = values[~np.isnan(values)]
    if not len(present):
        return []
    tenths = np.quantile(present, np.arange(1, BINS) / BINS, method="lower")
    edges: list[float] = np.unique(tenths).tolist()
    return edges


def _shares(values: Vector, edges: Sequence[float], weights: Vector) -> list[float]:
    missing = np.isnan(values)
    place = np.where(missing, len(edges) + 1, np.searchsorted(edges, values, side="left"))
    shares: list[float] = np.bincount(place, weights=weights, minlength=len(edges) + 2).tolist()
    return shares


def _weights(of_session: np.ndarray) -> tuple[Vector, int]:
    """Weights of moments (n,) that add up to 1, the same for each session; and how many sessions there are."""
    _, number, counts = np.unique(of_session, return_inverse=True, return_counts=True)
    return 1.0 / counts[number] / len(counts), len(counts)
