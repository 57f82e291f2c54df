"""Learns how to order candidates, from what came next in the newest sessions, as told by the older ones alone."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from gooddata.errors import InputError
from gooddata.intelligence import kept_model
from gooddata.intelligence.recommend.candidates import Trend, candidates
from gooddata.intelligence.recommend.index import Index, split_newest
from gooddata.intelligence.recommend.leaves import LEAVES, Leaves

NEWEST_SHARE = 0.35
PREFIXES = 20_000
PREFIXES_NEEDED = 200
_SEED = 20_130

Matrix = NDArray[np.float64]
Values = NDArray[np.float64]


class Ranking:
    """Orders candidates by their features."""

    def __init__(self, estimator: Any) -> None:
        """Raises ValueError for an estimator with trees of more than 16 leaves."""
        self._estimator = estimator
        self._leaves = Leaves(estimator)

    @classmethod
    def learn(cls, sessions: Sequence[Sequence[str]]) -> Self | None:
        """From sessions of items, the oldest first; None where the newest of them tell too little."""
        from sklearn.ensemble import HistGradientBoostingClassifier

        older, newest = split_newest(sessions, NEWEST_SHARE)
        index = Index()
        index.add_sessions(older)
        trend = Trend(index)
        rows, labels = [], []
        for known, following in _prefixes(index, newest):
            items, features = candidates(index, trend, known)
            hit = items == following
            if hit.any():
                rows.append(features)
                labels.append(hit)
        if len(rows) < PREFIXES_NEEDED:
            return None
        estimator = HistGradientBoostingClassifier(
            max_iter=150,
            learning_rate=0.08,
            max_leaf_nodes=LEAVES,
            min_samples_leaf=100,
            l2_regularization=1.0,
            early_stopping=False,
            random_state=_SEED,
        )
        with threadpool_limits(1):
            estimator.fit(np.concatenate(rows), np.concatenate(labels))
        return cls(estimator)

    def order(self, features: Matrix) -> Values:
        """A value (n,) for each candidate's features (n, 15): the higher, the likelier it comes next."""
        return self._leaves.margins(features)

    def dumps(self) -> bytes:
        """The model as a skops file."""
        return kept_model.dumps({"estimator": self._estimator})

    @classmethod
    def loads(cls, blob: bytes) -> Self:
        """Raises InputError when `blob` is no such file."""
        try:
            return cls(kept_model.loads(blob)["estimator"])
        except kept_model.UNUSABLE as failure:
            raise InputError(f"the model cannot be read: {failure}") from failure


def _prefixes(index: Index, sessions: Sequence[Sequence[str]]) -> list[tuple[list[int], int]]:
    """Moments of sessions: the known items so far, and the one that followed; PREFIXES at most, drawn by chance."""
    moments = []
    for names in sessions:
        items = index.numbers(names)
        moments += [(items[:place], items[place]) for place in range(1, len(items))]
    if len(moments) > PREFIXES:
        drawn = np.random.default_rng(_SEED).choice(len(moments), PREFIXES, replace=False)
        moments = [moments[place] for place in np.sort(drawn).tolist()]
    return moments
