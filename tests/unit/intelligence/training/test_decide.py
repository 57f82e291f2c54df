"""When a model takes the place of the one in use."""

import functools
from typing import Any

import msgspec
import numpy as np
import pytest

from gooddata.intelligence import kept_model
from gooddata.intelligence.champions import Champion
from gooddata.intelligence.comparison import paired_interval
from gooddata.intelligence.scoring.propensity import Propensity
from gooddata.intelligence.scoring.tasks import CONVERSION
from gooddata.intelligence.sessions.features import NAMES
from gooddata.intelligence.training.decide import decide
from gooddata.intelligence.training.examples import Replayed, examples_of
from gooddata.intelligence.training.fit import fit, fit_and_judge
from tests.unit.intelligence.given import HOUR, START
from tests.unit.intelligence.training.test_fit import visits

SESSIONS = 600


@functools.cache
def challenger(telling=True):
    return fit_and_judge(Replayed(visits(SESSIONS, telling=telling), (CONVERSION,)), CONVERSION)


@functools.cache
def blob(wrong=False):
    """A model of the same behaviour; `wrong`, one that has learned from visits of which half turned out otherwise."""
    learn = visits(700, start=START - 1_000 * HOUR)
    if not wrong:
        return fit(learn).estimator
    examples = examples_of(learn)
    labels = np.where(np.arange(len(examples.labels)) % 2, examples.labels, 1 - examples.labels)
    return Propensity.fit(NAMES, (examples.matrix, labels), (examples.matrix, labels)).dumps()


def champion(**fields: Any) -> Champion:
    given = {
        "version": 3, "reason": None, "trained_on": "observed", "features": NAMES, "learned_until": START,
        "erased": False, "estimator": blob(),
    }  # fmt: skip
    return Champion(**(given | fields))


def test_what_is_no_better_beyond_noise_does_not_take_its_place():
    decision = decide(champion(), *challenger())
    assert not decision.promote
    assert "not better than version 3 beyond noise" in decision.because
    low, high = decision.compared["interval"]
    assert low < 0 < high
    assert decision.compared["sessions"] == 150


def test_what_is_worse_does_not_take_its_place():
    fitted, held_out = challenger()
    worse = msgspec.structs.replace(held_out, probabilities=np.clip(held_out.probabilities, 0.25, 0.35))
    decision = decide(champion(), fitted, worse)
    assert not decision.promote and "it is worse than version 3 beyond noise" in decision.because
    assert decision.compared["log_loss_challenger"] > decision.compared["log_loss_champion"]


def test_what_is_better_beyond_noise_takes_its_place():
    """The one in use has some skill, and less of it: it says half of what it could."""
    fitted, held_out = challenger()
    meek = kept_model.loads(blob())
    meek["weights"] = {name: weight * 0.3 for name, weight in meek["weights"].items()}
    decision = decide(champion(estimator=kept_model.dumps(meek)), fitted, held_out)
    assert decision.promote, decision
    assert decision.compared["log_loss_champion"] < decision.compared["log_loss_baseline"]
    assert "better than version 3 beyond noise" in decision.because and decision.compared["interval"][0] > 0


def test_one_that_has_lost_its_skill_gives_way_to_one_that_has_some_or_to_none():
    lost = champion(estimator=blob(wrong=True))
    fitted, held_out = challenger()
    decision = decide(lost, fitted, held_out)
    assert decision.promote and "no better than the base rate" in decision.because
    without_skill = msgspec.structs.replace(fitted, estimator=None, reason="no better than chance")
    decision = decide(lost, without_skill, held_out)
    assert decision.promote and "has no skill either" in decision.because


def test_one_that_has_skill_stays_where_the_new_one_abstains():
    fitted, held_out = challenger()
    decision = decide(champion(), msgspec.structs.replace(fitted, estimator=None, reason="no luck"), held_out)
    assert not decision.promote and decision.because == "it abstains (no luck), and version 3 stays"
    assert not decide(champion(), msgspec.structs.replace(fitted, estimator=None, reason="too few"), None).promote


def test_of_too_few_new_sessions_nothing_is_concluded():
    last = visits(SESSIONS)[-40].started_at
    fitted, held_out = challenger()
    decision = decide(champion(learned_until=last, estimator=blob(wrong=True)), fitted, held_out)
    assert not decision.promote and decision.compared is None
    assert decision.because.startswith("too few sessions began since version 3 learned: 39, and it came true in ")


def test_only_sessions_count_that_began_after_what_the_one_in_use_has_learned():
    since = visits(SESSIONS)[-80].started_at
    assert decide(champion(learned_until=since), *challenger()).compared["sessions"] == 79


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"erased": True}, "version 3 had learned from somebody who has been erased since"),
        ({"estimator": None, "reason": "needs more"}, "version 3 abstained"),
        ({"estimator": b"no model"}, "version 3 cannot be read: "),
    ],
)
@pytest.mark.parametrize("skilled", [True, False])
def test_what_may_not_or_cannot_be_used_is_replaced_whatever_comes_instead(fields, why, skilled):
    fitted, held_out = challenger()
    if not skilled:
        fitted, held_out = msgspec.structs.replace(fitted, estimator=None, reason="too few"), None
    decision = decide(champion(**fields), fitted, held_out)
    assert decision.promote and decision.because.startswith(why)


def test_the_first_is_used_and_so_is_what_takes_the_place_of_features_that_are_gone():
    assert decide(None, *challenger()).because == "it is the first"
    matrix, labels = np.random.default_rng(1).random((80, 2)), np.arange(80) % 2
    gone = Propensity.fit(["events", "phase_of_the_moon"], (matrix, labels), (matrix, labels)).dumps()
    decision = decide(champion(estimator=gone), *challenger())
    assert decision.promote and decision.because.endswith("uses features that are no more: phase_of_the_moon")


def test_what_learned_from_people_takes_the_place_of_what_learned_from_simulations_unless_it_is_worse():
    assert decide(champion(trained_on="mixed"), *challenger()).promote
    few = champion(trained_on="simulated", learned_until=visits(SESSIONS)[-10].started_at)
    assert "this one from people's alone" in decide(few, *challenger()).because
    fitted, held_out = challenger()
    worse = msgspec.structs.replace(held_out, probabilities=np.clip(held_out.probabilities, 0.25, 0.35))
    assert not decide(champion(trained_on="simulated"), fitted, worse).promote


def test_the_interval_of_a_difference_draws_whole_sessions():
    rng = np.random.default_rng(3)
    of_sessions = rng.normal(0.1, 1, 200)
    apart, together = (
        paired_interval(of_sessions, np.arange(200)),
        paired_interval(np.repeat(of_sessions, 10), np.repeat(np.arange(200), 10)),
    )
    assert apart == pytest.approx(together)
    assert apart[1] - apart[0] == pytest.approx(4 / np.sqrt(200), rel=0.2)
    assert paired_interval(np.repeat(of_sessions, 10), np.arange(2_000))[0] > apart[0]
