"""Boosted trees for a hundred rows at a time, by which leaves the splits rule out (QuickScorer: Lucchese et al. 2015).

Each feature's value lies between two of the thresholds at which any tree splits by it, and that place alone says which
leaves of each tree are ruled out. What no feature rules out, the leftmost, is the leaf.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAVES = 16  # of a tree, at most: one bit each
_ALL = np.uint16(0xFFFF)
# Of each set of leaves, the number of the leftmost.
_LEFTMOST = np.array([(mask & -mask).bit_length() - 1 if mask else 0 for mask in range(1 << LEAVES)], dtype=np.intp)


class Leaves:
    """The trees of a HistGradientBoostingClassifier of two classes with at most LEAVES leaves each, over numbers."""

    def __init__(self, estimator: Any) -> None:
        trees = [predictor.nodes for [predictor] in estimator._predictors]
        count, features = len(trees), estimator.n_features_in_
        thresholds: list[set[float]] = [set() for _ in range(features)]
        splits: list[tuple[int, float, int, int]] = []
        values = np.zeros((count, LEAVES))
        for number, nodes in enumerate(trees):
            for feature, threshold, ruled_out in _splits(nodes, values[number]):
                thresholds[feature].add(threshold)
                splits.append((feature, threshold, number, ruled_out))
        self._thresholds = [np.array(sorted(each)) for each in thresholds]
        # (places between thresholds, trees): the leaves that are left.
        self._left = [np.full((len(each) + 1, count), _ALL) for each in self._thresholds]
        for feature, threshold, number, ruled_out in splits:
            above = int(np.searchsorted(self._thresholds[feature], threshold)) + 1
            self._left[feature][above:, number] &= np.uint16(~ruled_out & 0xFFFF)
        self._values = values.ravel()
        self._first = np.arange(count) * LEAVES
        self._baseline = float(np.ravel(estimator._baseline_prediction)[0])

    def margins(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds (n,) of features (n, as many as it was fitted with), none missing, as `decision_function` gives."""
        left: NDArray[np.uint16] | None = None
        for column, (thresholds, masks) in enumerate(zip(self._thresholds, self._left, strict=True)):
            if not len(thresholds):
                continue
            own = masks[np.searchsorted(thresholds, matrix[:, column])]
            left = own if left is None else np.bitwise_and(left, own, out=left)
        if left is None:
            return np.full(len(matrix), self._baseline + self._values[self._first].sum())
        margins: NDArray[np.float64] = self._values[_LEFTMOST[left] + self._first].sum(axis=1) + self._baseline
        return margins


def _splits(nodes: Any, values: NDArray[np.float64]) -> list[tuple[int, float, int]]:
    """Each split's feature and threshold, and as bits the leaves that are ruled out where a value is greater; the
    leaves, numbered from the left, put into `values`."""
    found: list[tuple[int, float, int]] = []
    leaves = 0

    def walk(place: int) -> int:
        nonlocal leaves
        node = nodes[place]
        if node["is_leaf"]:
            if leaves == LEAVES:
                raise ValueError(f"a tree has more than {LEAVES} leaves")
            values[leaves] = node["value"]
            leaves += 1
            return 1 << (leaves - 1)
        on_the_left = walk(int(node["left"]))
        found.append((int(node["feature_idx"]), float(node["num_threshold"]), on_the_left))
        return on_the_left | walk(int(node["right"]))

    walk(0)
    return found
