import random

import pytest

from gooddata.intelligence.scoring.propensity import Propensity
from gooddata.intelligence.sessions.history import FIRST_VISIT
from gooddata.intelligence.training.examples import StoredSession
from gooddata.intelligence.training.fit import fit
from gooddata.intelligence.training.report import Report, in_words
from tests.unit.intelligence.given import HOUR, START, VISITOR, a_fact


def visits(number, rate=0.3, simulated=False, telling=True, start=START):
    """Sessions of which those that convert put something into the cart before, if `telling`."""
    rng = random.Random(number)
    made = []
    for n in range(number):
        at = start + n * HOUR
        converts = rng.random() < rate
        facts = [a_fact(at + k * 1_000, "page", path=f"/{k}") for k in range(rng.randrange(1, 6))]
        if converts if telling else rng.random() < rate:
            facts.append(a_fact(at + 10_000, name="Product Added", value=9.0))
        if converts:
            facts.append(a_fact(at + 20_000, name="Order Completed", goal=True))
        for fact in facts:
            fact.session_id = VISITOR
        made.append(StoredSession(at, facts[-1].at, converts, simulated, FIRST_VISIT, facts))
    return made


def test_a_model_comes_with_how_good_it_was_on_newer_sessions():
    fitted = fit(visits(600))
    assert (fitted.reason, fitted.trained_on) == (None, "observed")
    m = fitted.metrics
    assert (m["sessions_train"], m["sessions_calibrate"], m["sessions_test"], m["sessions_refit"]) == (
        360,
        90,
        150,
        600,
    )
    assert m["positives_train"] > 50 and m["positives_test"] > 20
    low, high = m["auc_interval"]
    assert 0.5 < low < m["auc"] < high < 1
    assert m["log_loss"] < m["log_loss_baseline"]
    assert m["split_at"] == "2026-09-21T10:00:00.000+00:00" or m["split_at"].endswith("+00:00")
    assert Propensity.loads(fitted.estimator).names == fitted.features
    report = Report("shop", "conversion", 1, "ready", None, "observed", list(fitted.features), m)
    assert f"AUC {m['auc']:.3f}" in in_words(report)


def test_a_model_that_ranks_well_and_is_too_sure_abstains():
    """Until the newest quarter, whoever put something into the cart bought it; since then, every other one does."""
    sessions = visits(400, rate=0.5)
    for n, session in enumerate(sessions[300:]):
        if session.converted and n % 2:
            session.converted, session.facts = False, session.facts[:-1]
    fitted = fit(sessions)
    assert fitted.estimator is None
    assert fitted.metrics["auc_interval"][0] > 0.5
    assert "no better than the base rate" in fitted.reason


def test_the_same_sessions_give_the_same_figures():
    assert fit(visits(400)).metrics == fit(visits(400)).metrics


@pytest.mark.parametrize(
    ("sessions", "reason"),
    [
        ([], "there are 0 and 0"),
        (visits(150), "needs at least 200 finished sessions and 20 of them with a conversion; there are 150 and"),
        (visits(400, rate=0.0), "there are 400 and 0"),
        (visits(400, telling=False), "no better than chance"),
        (visits(150, rate=0.5) + visits(250, rate=0.0, start=START + 200 * HOUR), "must have"),
        (visits(400, rate=1.0), "all end in a conversion"),
    ],
)
def test_without_enough_to_tell_it_abstains_and_says_why(sessions, reason):
    fitted = fit(sessions)
    assert fitted.estimator is None
    assert reason in fitted.reason
    report = Report("shop", "conversion", 1, "abstaining", fitted.reason, fitted.trained_on, [], fitted.metrics)
    assert fitted.reason in in_words(report)


def test_people_go_before_simulations_where_there_are_enough_of_them():
    simulated = visits(300, simulated=True)
    assert fit(simulated).trained_on == "simulated"
    few = fit([*simulated, *visits(50, start=START + 400 * HOUR)])
    assert (few.trained_on, few.metrics["sessions"]) == ("mixed", 350)
    many = fit([*simulated, *visits(250, start=START + 400 * HOUR)])
    assert (many.trained_on, many.metrics["sessions"]) == ("observed", 250)
    assert fit([]).trained_on == "nothing"
