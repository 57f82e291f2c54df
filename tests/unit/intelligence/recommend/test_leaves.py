"""Trees read by the leaves that are ruled out say what scikit-learn says."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from gooddata.intelligence.recommend.leaves import Leaves


def fitted(rows, labels, **settings):
    given = {"max_iter": 40, "max_leaf_nodes": 16, "min_samples_leaf": 5, "early_stopping": False, "random_state": 1}
    return HistGradientBoostingClassifier(**given | settings).fit(rows, labels)


@pytest.mark.parametrize("leaves", [2, 7, 16])
def test_margins_are_those_of_the_classifier(leaves):
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(2_000, 6))
    rows[:, 2] = rng.integers(0, 3, 2_000)  # few different values, so that some are at a threshold
    labels = rows[:, 0] * rows[:, 1] + rows[:, 2] > rng.normal(size=2_000)
    estimator = fitted(rows, labels, max_leaf_nodes=leaves)
    asked = np.concatenate([rows[:300], rng.normal(scale=5, size=(300, 6)), [[np.inf] * 6, [-np.inf] * 6]])
    np.testing.assert_allclose(Leaves(estimator).margins(asked), estimator.decision_function(asked), atol=1e-12)


def test_at_a_threshold_itself_a_value_goes_the_same_way():
    rows = np.arange(400, dtype=float)[:, None]
    estimator = fitted(rows, (rows[:, 0] > 120) ^ (rows[:, 0] > 300))
    thresholds = np.unique(np.concatenate([tree.nodes["num_threshold"] for [tree] in estimator._predictors]))
    asked = np.concatenate([thresholds, np.nextafter(thresholds, -np.inf), np.nextafter(thresholds, np.inf)])[:, None]
    np.testing.assert_allclose(Leaves(estimator).margins(asked), estimator.decision_function(asked), atol=1e-12)


def test_trees_without_a_split_give_what_is_usual():
    rows = np.zeros((100, 3))
    estimator = fitted(rows, np.arange(100) < 30)
    np.testing.assert_allclose(Leaves(estimator).margins(rows[:5]), estimator.decision_function(rows[:5]), atol=1e-12)


def test_more_leaves_than_bits_are_refused():
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(2_000, 3))
    estimator = fitted(rows, rng.random(2_000) < 0.5, max_leaf_nodes=31)
    with pytest.raises(ValueError, match="more than 16 leaves"):
        Leaves(estimator)
