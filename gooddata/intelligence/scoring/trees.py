"""Boosted trees as arrays, for a few rows at a time: scikit-learn takes almost a millisecond before it begins."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

MOST_LEAVES = 64

_ROWS = 64  # at a time: what is made of them stays in the processor's cache
# The place of the lowest bit of a byte.
_LOWEST = np.array([0, *((byte & -byte).bit_length() - 1 for byte in range(1, 256))], dtype=np.intp)


class Trees:
    """The trees of a classifier of two classes over numbers.

    Every test of every tree is done on every row. A test that sends a row to the right takes away the leaves on its
    left, a bit each; of what is left, the lowest bit is the leaf that the row gets to. Method: QuickScorer (Lucchese
    et al. 2015).
    """

    def __init__(self, estimator: "HistGradientBoostingClassifier") -> None:
        """Raises ValueError where a tree has more than MOST_LEAVES."""
        trees = [predictor.nodes for [predictor] in estimator._predictors]
        leaves = max(int(nodes["is_leaf"].sum()) for nodes in trees)
        if leaves > MOST_LEAVES:
            raise ValueError(f"a tree has {leaves} leaves; {MOST_LEAVES} are the most that can be told apart")
        bits = next(bits for bits in (8, 16, 32, 64) if leaves <= bits)
        # (tests of a tree, trees); a tree with fewer tests has some that take nothing away.
        shape = (max(leaves - 1, 1), len(trees))
        self._left = np.full(shape, (1 << bits) - 1, dtype=f"u{bits // 8}")
        self._feature = np.zeros(shape, dtype=np.intp)
        self._threshold = np.full(shape, np.inf)
        self._value = np.zeros((len(trees), leaves))
        for tree, nodes in enumerate(trees):
            tests, own = _tests(nodes)
            for place, (node, gone) in enumerate(tests):
                # Missing values are below all others for one test and above them for the next: there are two copies
                # of a row, and each test looks at its own.
                copy = 0 if node["missing_go_to_left"] else estimator.n_features_in_
                self._feature[place, tree] = node["feature_idx"] + copy
                # A threshold of infinity tells what is missing from everything else.
                self._threshold[place, tree] = min(node["num_threshold"], np.finfo(np.float64).max)
                self._left[place, tree] ^= self._left.dtype.type(gone)
            self._value[tree, : len(own)] = own
        self._first = np.arange(len(trees)) * leaves
        self._baseline = float(np.ravel(estimator._baseline_prediction)[0])

    def margins(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds (n,) of features (n, as many as it was fitted with), as the classifier's `decision_function`."""
        missing = np.isnan(matrix)
        finite = np.clip(matrix, -np.finfo(np.float64).max, np.finfo(np.float64).max)
        both = np.concatenate([np.where(missing, -np.inf, finite), np.where(missing, np.inf, finite)], axis=1)
        margins = np.empty(len(matrix))
        for begin in range(0, len(matrix), _ROWS):
            rows = both[begin : begin + _ROWS]
            margins[begin : begin + _ROWS] = self._value.take(self._first + self._leaves(rows)).sum(axis=1)
        return margins + self._baseline

    def _leaves(self, rows: NDArray[np.float64]) -> NDArray[np.intp]:
        """Of each row and tree the leaf."""
        right = rows.take(self._feature, axis=1) > self._threshold
        # All bits where a row goes to the left. (A choice by np.where is a branch that processors guess wrong.)
        stays = right.astype(self._left.dtype, copy=False) - self._left.dtype.type(1)
        left: NDArray[Any] = np.bitwise_and.reduce(self._left | stays, axis=1)
        if left.dtype == np.uint8:
            return _LOWEST.take(left)
        lowest = left & (~left + self._left.dtype.type(1))
        return np.frexp(lowest.astype(np.float64))[1].astype(np.intp) - 1


def _tests(nodes: Any) -> tuple[Sequence[tuple[Any, int]], Sequence[float]]:
    """The tests of a tree, each with the leaves on its left as bits; and the values of its leaves from the left."""
    tests: list[tuple[Any, int]] = []
    values: list[float] = []

    def leaves_below(place: int) -> int:
        node = nodes[place]
        if node["is_leaf"]:
            values.append(float(node["value"]))
            return 1 << (len(values) - 1)
        left = leaves_below(node["left"])
        tests.append((node, left))
        return left | leaves_below(node["right"])

    leaves_below(0)
    return tests, values
