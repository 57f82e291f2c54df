"""What every task's model keeps to. A task joins by a file cases_*.py beside this one, whose CASES are Case objects."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from tests.unit.intelligence.tasks.case import Case


def _cases() -> list[Case]:
    return [
        case
        for path in sorted(Path(__file__).parent.glob("cases_*.py"))
        for case in import_module(f"tests.unit.intelligence.tasks.{path.stem}").CASES
    ]


@pytest.fixture(params=_cases(), ids=lambda case: case.name, scope="module")
def fitted(request):
    case = request.param
    examples = case.enough()
    model = case.fit(examples)
    assert case.abstains(model) is None
    return case, examples, model, case.ask(examples)


def test_learning_twice_from_the_same_examples_gives_the_same_scores(fitted):
    case, examples, model, asked = fitted
    np.testing.assert_array_equal(case.score(case.fit(examples), asked), case.score(model, asked))


def test_a_kept_model_scores_as_the_one_that_was_kept(fitted):
    case, _, model, asked = fitted
    np.testing.assert_array_equal(case.score(case.load(case.dumps(model)), asked), case.score(model, asked))


def test_scores_are_numbers_within_their_bounds_and_tell_questions_apart(fitted):
    case, _, model, asked = fitted
    scores = case.score(model, asked)
    low, high = case.bounds
    assert np.isfinite(scores).all()
    assert (scores >= low).all() and (scores <= high).all()
    assert len(np.unique(scores, axis=0)) > 1


@pytest.mark.parametrize("spoil", ["missing", "unseen"])
def test_what_is_missing_or_was_never_seen_is_answered_or_left_open_and_raises_nothing(fitted, spoil):
    case, _, model, asked = fitted
    scores = case.score(model, getattr(case, spoil)(asked))
    low, high = case.bounds
    told = scores[~np.isnan(scores)]
    assert len(scores) == len(case.score(model, asked))
    assert (told >= low).all() and (told <= high).all()


def test_a_model_of_too_few_examples_abstains_and_says_why(fitted):
    case, examples, _, _ = fitted
    model = case.fit(case.few())
    reason = case.abstains(model)
    assert reason
    assert np.isnan(case.score(model, case.ask(examples))).all()


def test_what_happens_after_a_moment_does_not_change_what_is_said_of_it(fitted):
    case, examples, model, _ = fitted
    said = case.score(model, case.earlier(examples))
    assert len(said) > 1
    np.testing.assert_array_equal(case.score(model, case.later(examples)), said)
