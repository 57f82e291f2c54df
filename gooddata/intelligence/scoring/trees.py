"""Boosted trees as arrays, for a few rows at a time: scikit-learn takes almost a millisecond before it begins."""

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier


class Trees:
    """The trees of a classifier of two classes over numbers, one after another in flat arrays; a leaf leads to itself.

    All rows walk all trees at once, a level at a time.
    """

    def __init__(self, estimator: HistGradientBoostingClassifier) -> None:
        nodes = [predictor.nodes for [predictor] in estimator._predictors]
        counts = [len(each) for each in nodes]
        self._roots = np.concatenate(([0], np.cumsum(counts[:-1]))).astype(np.intp)
        first = np.repeat(self._roots, counts)
        every = np.concatenate(nodes)
        leaf = every["is_leaf"].astype(bool)
        itself = np.arange(len(every))
        self._feature = np.where(leaf, 0, every["feature_idx"]).astype(np.intp)
        self._threshold = np.where(leaf, np.inf, every["num_threshold"])
        self._missing_left = every["missing_go_to_left"].astype(bool)
        left = np.where(leaf, itself, first + every["left"])
        right = np.where(leaf, itself, first + every["right"])
        self._next = np.column_stack([right, left]).ravel().astype(np.intp)
        self._value = every["value"].astype(np.float64)
        self._levels = int(every["depth"].max())
        self._baseline = float(np.ravel(estimator._baseline_prediction)[0])

    def margins(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds (n,) of features (n, as many as it was fitted with), as the classifier's `decision_function`."""
        rows, columns = matrix.shape
        values = np.ascontiguousarray(matrix).ravel()
        missing = np.isnan(values)
        some_missing = bool(missing.any())
        begin = (np.arange(rows, dtype=np.intp) * columns)[:, None]
        at = np.broadcast_to(self._roots, (rows, len(self._roots)))
        for _ in range(self._levels):
            cell = begin + self._feature[at]
            to_left = values[cell] <= self._threshold[at]
            if some_missing:
                to_left |= missing[cell] & self._missing_left[at]
            at = self._next[2 * at + to_left]
        margins: NDArray[np.float64] = self._value[at].sum(axis=1) + self._baseline
        return margins
