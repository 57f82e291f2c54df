import time

import numpy as np
import pytest

from gooddata.intelligence.scoring.models import Model, Models, read_model
from gooddata.intelligence.scoring.propensity import Propensity
from gooddata.intelligence.scoring.score import Quality
from gooddata.intelligence.scoring.scorer import AUTOMATED, UNTRAINED, score_sessions
from gooddata.intelligence.scoring.tasks import CONVERSION, CONVERTED
from gooddata.intelligence.scoring.tasks import NAMES as TASKS
from gooddata.intelligence.sessions.features import NAMES
from tests.unit.intelligence.given import START, a_fact, a_session


class Known(Models):
    """Of conversion alone, unless told of which."""

    def __init__(self, model, tasks=(CONVERSION.name,)):
        self.model, self.tasks = model, tasks

    def of(self, project, task):
        return self.model if task in self.tasks else None


def trained(names=NAMES):
    rng = np.random.default_rng(0)
    matrix = rng.exponential(10, (3_000, len(names)))
    labels = (matrix[:, 0] > 12).astype(float)
    return Propensity.fit(names, (matrix, labels), (matrix[:500], labels[:500]))


def stored(predictor, **fields):
    metrics = b'{"auc": 0.8, "log_loss": 0.1, "ece": 0.02, "estimator": "x"}'
    return {
        "version": 4, "reason": None, "trained_on": "observed", "metrics": metrics, "estimator": predictor.dumps(),
    } | fields  # fmt: skip


@pytest.fixture(scope="module")
def model():
    return read_model(stored(trained()))


def test_a_session_gets_a_probability_and_its_models_quality(model):
    sessions = [a_session([a_fact(START + n) for n in range(count)]) for count in (1, 20)]
    few, many = score_sessions(sessions, Known(model))
    assert 0 < few.score < 0.5 < many.score < 1
    assert (few.reason, few.model, few.trained_on, few.quality) == (None, 4, "observed", Quality(0.8, 0.1, 0.02))


@pytest.mark.parametrize(
    ("fact", "reason"), [({"goal": True}, CONVERTED), ({"automated": True}, AUTOMATED), ({}, UNTRAINED)]
)
def test_there_are_reasons_to_say_nothing(fact, reason, model):
    known = Known(None if reason is UNTRAINED else model)
    [score] = score_sessions([a_session([a_fact(START, **fact)])], known)
    assert (score.score, score.reason) == (None, reason)


def test_each_task_that_there_is_a_model_of_is_scored(model):
    scores = score_sessions([a_session([a_fact(START)])], Known(model, TASKS))
    assert [score.task for score in scores] == ["conversion", "leave_30s", "leave_page"]
    assert len({score.score for score in scores}) == 1


def test_who_has_converted_may_still_leave(model):
    scores = {
        score.task: score for score in score_sessions([a_session([a_fact(START, goal=True)])], Known(model, TASKS))
    }
    assert scores["conversion"].reason == CONVERTED
    assert 0 < scores["leave_30s"].score < 1


def test_a_model_that_abstains_passes_its_reason_on():
    abstaining = Model(2, "needs more sessions", "observed")
    [score] = score_sessions([a_session([a_fact(START)])], Known(abstaining))
    assert (score.score, score.reason, score.model) == (None, "needs more sessions", 2)


def test_features_go_to_a_model_by_name():
    """One trained when there were other features, in another order, still gets its own."""
    older = read_model(stored(trained(["gone", NAMES[3], NAMES[0]])))
    session = a_session([a_fact(START + n) for n in range(4)])
    [score] = score_sessions([session], Known(older))
    expected = older.predictor.predict(np.array([[np.nan, 0.0, 4.0]]))[0]
    assert score.score == pytest.approx(expected, abs=5e-5)


def test_a_model_that_cannot_be_read_abstains_and_says_so():
    broken = read_model(stored(trained(), estimator=b"rubbish"))
    [score] = score_sessions([a_session([a_fact(START)])], Known(broken))
    assert "model 4 cannot be used" in score.reason


def test_a_lone_session_is_scored_within_ten_milliseconds(model):
    session = a_session([a_fact(START)])
    took = []
    for _ in range(50):
        started = time.perf_counter()
        score_sessions([session], Known(model))
        took.append(time.perf_counter() - started)
    assert sorted(took)[25] < 0.01
