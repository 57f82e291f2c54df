"""How many groups there are, and where their middles are: k-means (Lloyd 1982), seeded with those of the day before."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from gooddata.intelligence.segments.visits import HABITS, Matrix

FEWEST, MOST = 4, 8
# So many groups as yesterday are kept unless others are that much better.
_BETTER = 0.1
_SAMPLE = 3_000  # visitors that the number is chosen on
_FARTHEST = 3.0  # spreads: past it, one feature must not rule
_SEED = 20_130

Places = NDArray[np.int64]


class Scale(msgspec.Struct):
    """The median of each feature, as it is compared, and what counts as one: the middle half's width, or more."""

    median: list[float]
    spread: list[float]

    @classmethod
    def of(cls, rows: Matrix) -> "Scale":
        low, median, high = np.quantile(rows, [0.25, 0.5, 0.75], axis=0)
        spread = np.maximum(high - low, [each.spread for each in HABITS])
        return cls(median.tolist(), spread.tolist())

    def scaled(self, rows: Matrix) -> Matrix:
        """What is missing is as the median."""
        far = (np.nan_to_num(rows, nan=np.nan, posinf=np.nan, neginf=np.nan) - self.median) / self.spread
        scaled: Matrix = np.clip(np.nan_to_num(far, nan=0.0), -_FARTHEST, _FARTHEST)
        return scaled

    def unscaled(self, points: Matrix) -> Matrix:
        unscaled: Matrix = points * np.array(self.spread) + np.array(self.median)
        return unscaled


class Number(msgspec.Struct, frozen=True):
    """A number of groups: how well they are apart (silhouette: Rousseeuw 1987), and how alike two halves of the
    visitors divide all of them (adjusted Rand index: Hubert and Arabie 1985)."""

    groups: int
    silhouette: float
    stability: float

    @property
    def worth(self) -> float:
        return self.silhouette + 0.5 * self.stability


def numbers(points: Matrix, start: Matrix | None = None) -> list[Number]:
    """What each number of groups from FEWEST to MOST is worth, for visitors (n, features) in random order.

    Where there are so many middles in `start`, all is begun from them.
    """
    from sklearn.metrics import adjusted_rand_score, silhouette_score

    sample = points[:_SAMPLE]
    half = len(sample) // 2
    splits = [(sample[:half], sample[half:]), (sample[::2], sample[1::2])]
    told = []
    different = len(np.unique(sample, axis=0))
    for groups in range(FEWEST, min(MOST, different // 2) + 1):
        own = nearest(sample, middles(sample, groups, start))
        if len(np.unique(own)) < 2:
            continue
        with threadpool_limits(1):
            silhouette = float(silhouette_score(sample, own))
        divided = [[nearest(sample, middles(part, groups, start)) for part in split] for split in splits]
        told.append(Number(groups, silhouette, float(np.mean([adjusted_rand_score(*each) for each in divided]))))
    return told


def chosen(told: Sequence[Number], yesterday: int | None) -> Number:
    """The number that is worth most, or yesterday's where that is hardly worth less."""
    best = max(told, key=lambda each: (each.worth, -each.groups))
    former = next((each for each in told if each.groups == yesterday), None)
    return former if former is not None and former.worth > best.worth - _BETTER else best


def middles(points: Matrix, groups: int, start: Matrix | None = None) -> Matrix:
    """Middles (groups, features) of the groups of points (n, features), sought from `start`, if that has so many."""
    from sklearn.cluster import KMeans

    begun = start is not None and len(start) == groups
    with threadpool_limits(1):
        fitted = KMeans(
            n_clusters=groups,
            init=start if begun else "k-means++",
            n_init=1 if begun else 5,
            random_state=_SEED,
        ).fit(points)
    found: Matrix = fitted.cluster_centers_
    return found


def nearest(points: Matrix, of: Matrix) -> Places:
    """The place (n,) of the nearest of `of` (k, features) to each point (n, features)."""
    distances = (points**2).sum(axis=1)[:, None] - 2 * points @ of.T + (of**2).sum(axis=1)
    places: Places = distances.argmin(axis=1)
    return places
