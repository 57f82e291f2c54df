import numpy as np
import pytest
import skops.io
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

from gooddata.errors import InputError
from gooddata.intelligence.scoring.propensity import BOOSTED, BOTH, LOGISTIC, Propensity

NAMES = ["useful", "noise", "sometimes", "never"]


def some(examples, seed):
    """Examples of which the first feature tells the outcome; a third of the third is missing, all of the fourth."""
    rng = np.random.default_rng(seed)
    matrix = rng.exponential(10, (examples, 4))
    matrix[rng.random(examples) < 0.3, 2] = np.nan
    matrix[:, 3] = np.nan
    labels = (rng.random(examples) < 1 / (1 + np.exp(3 - matrix[:, 0] / 8))).astype(float)
    return matrix, labels


@pytest.fixture(scope="module", params=[BOOSTED, LOGISTIC])
def model(request):
    return Propensity.fit(NAMES, some(4_000, 1), some(1_000, 2), request.param)


def test_it_tells_who_converts_in_probabilities_that_mean_what_they_say(model):
    matrix, labels = some(4_000, 3)
    found = model.predict(matrix[:, :3])
    assert found.shape == (4_000,)
    assert found.min() > 0 and found.max() < 1
    assert roc_auc_score(labels, found) > 0.6
    assert found.mean() == pytest.approx(labels.mean(), abs=0.04)


def test_a_feature_that_nobody_has_is_left_out(model):
    assert model.names == ("useful", "noise", "sometimes")


def test_missing_and_unseen_values_get_a_probability(model):
    odd = np.array([[np.nan] * 3, [-5, 1e12, 0], [1e300, -1e300, np.nan], [0, 0, 0]])
    assert np.isfinite(model.predict(odd)).all()


def test_the_same_examples_give_the_same_model(model):
    again = Propensity.fit(NAMES, some(4_000, 1), some(1_000, 2), model.kind)
    matrix, _ = some(500, 4)
    assert (again.predict(matrix[:, :3]) == model.predict(matrix[:, :3])).all()


def test_a_model_that_was_stored_says_what_it_said(model):
    matrix, _ = some(500, 5)
    loaded = Propensity.loads(model.dumps())
    assert (loaded.kind, loaded.names) == (model.kind, model.names)
    assert (loaded.predict(matrix[:, :3]) == model.predict(matrix[:, :3])).all()


def test_one_row_and_many_rows_get_the_same(model):
    matrix, _ = some(50, 6)
    singly = [model.predict(row.reshape(1, -1))[0] for row in matrix[:, :3]]
    assert singly == pytest.approx(model.predict(matrix[:, :3]).tolist(), rel=1e-12)


def test_both_estimators_together_are_no_worse_than_either_on_newer_examples():
    matrix, labels = some(4_000, 7)
    loss = {
        kind: log_loss(labels, Propensity.fit(NAMES, some(4_000, 1), some(1_000, 2), kind).predict(matrix[:, :3]))
        for kind in (BOOSTED, LOGISTIC, BOTH)
    }
    assert loss[BOTH] <= min(loss.values()) + 0.002


def test_an_estimator_that_has_earned_nothing_is_left_out():
    rng = np.random.default_rng(8)
    matrix = rng.normal(size=(3_000, 4))
    # Which of two bands a value lies in is nothing that a straight line tells; a slight slope misleads it.
    labels = ((np.abs(matrix[:, 0]) > 0.7) ^ (rng.random(3_000) < 0.05)).astype(float)
    newer = (np.abs(matrix[:, 0]) > 0.7).astype(float)
    model = Propensity.fit(NAMES, (matrix, labels), (matrix[::-1], newer[::-1]))
    assert BOOSTED in model.kind
    assert roc_auc_score(newer, model.predict(matrix)) > 0.99


def test_a_model_stored_when_there_was_one_estimator_in_it_still_scores():
    model = Propensity.fit(NAMES, some(4_000, 1), some(1_000, 2), LOGISTIC)
    [(kind, estimator)] = model._estimators.items()
    old = {
        "kind": kind,
        "names": list(model.names),
        "estimator": estimator,
        "slope": model._weights[kind],
        "intercept": model._intercept,
    }
    matrix, _ = some(500, 5)
    loaded = Propensity.loads(skops.io.dumps(old))
    assert (loaded.predict(matrix[:, :3]) == model.predict(matrix[:, :3])).all()


def test_what_no_model_has_to_hold_is_not_loaded():
    other = KNeighborsClassifier().fit([[0], [1], [2], [3], [4]], [0, 1, 0, 1, 0])
    with pytest.raises(InputError, match="cannot be read"):
        Propensity.loads(skops.io.dumps({"estimator": other}))
    with pytest.raises(InputError, match="not trusted"):
        Propensity.loads(skops.io.dumps({"estimator": Propensity({}, {}, 0.0, [])}))
    with pytest.raises(InputError, match="cannot be read"):
        Propensity.loads(b"no model at all")
