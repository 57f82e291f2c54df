import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from gooddata.intelligence.scoring.trees import Trees


def some(missing):
    rng = np.random.default_rng(1)
    matrix = rng.exponential(10, (2_000, 6))
    labels = rng.random(2_000) < 1 / (1 + np.exp(3 - matrix[:, 0] / 8))
    matrix[rng.random(matrix.shape) < missing] = np.nan
    return matrix, labels


@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize("leaves", [2, 8, 9, 31, 64])
def test_the_arrays_say_what_scikit_learn_says(missing, leaves):
    matrix, labels = some(missing)
    fitted = HistGradientBoostingClassifier(max_iter=40, max_leaf_nodes=leaves, early_stopping=False).fit(
        matrix, labels
    )
    strange = np.array([[np.nan] * 6, [1e300] * 6, [-1e300] * 6, [np.inf] * 6, [-np.inf] * 6])
    for asked in (matrix, matrix[:1], strange):
        np.testing.assert_allclose(Trees(fitted).margins(asked), fitted.decision_function(asked), rtol=0, atol=1e-9)


def test_rows_may_lie_in_any_order_in_memory():
    matrix, labels = some(0.3)
    fitted = HistGradientBoostingClassifier(max_iter=10, early_stopping=False).fit(matrix, labels)
    np.testing.assert_array_equal(
        Trees(fitted).margins(np.asfortranarray(matrix)[::-1]), Trees(fitted).margins(matrix)[::-1]
    )


def test_a_tree_of_too_many_leaves_is_refused():
    fitted = HistGradientBoostingClassifier(
        max_iter=2, max_leaf_nodes=80, min_samples_leaf=1, early_stopping=False
    ).fit(*some(0.0))
    with pytest.raises(ValueError, match="64"):
        Trees(fitted)
