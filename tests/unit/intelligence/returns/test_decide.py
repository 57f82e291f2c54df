"""When a model of who comes back takes the place of the one in use."""

import msgspec
import numpy as np
import pytest

from gooddata.intelligence import kept_model
from gooddata.intelligence.champions import Champion
from gooddata.intelligence.moments import DAY_MS
from gooddata.intelligence.returns.decide import decide
from gooddata.intelligence.returns.tasks import RETURN_7D, fit, fit_and_judge
from gooddata.intelligence.returns.visits import NAMES
from tests.unit.intelligence.returns.given import NOW, everybody

EARLIER = NOW - 7 * DAY_MS


@pytest.fixture(scope="module")
def challenger():
    return fit_and_judge(everybody(700), RETURN_7D, NOW)


@pytest.fixture(scope="module")
def blob():
    return fit(everybody(900, seed=4, now=EARLIER), RETURN_7D, EARLIER).model.dumps()


@pytest.fixture
def champion(blob):
    return Champion(2, None, "observed", NAMES, EARLIER, False, blob)


def decided(champion, challenger, **fields):
    return decide(msgspec.structs.replace(champion, **fields), RETURN_7D, *challenger, "observed")


def meek(blob):
    state = kept_model.loads(blob)
    return kept_model.dumps(state | {"weights": {name: 0.3 * weight for name, weight in state["weights"].items()}})


def test_one_stays_until_another_is_better_beyond_noise(champion, challenger, blob):
    decision = decided(champion, challenger)
    assert not decision.promote and "not better than version 2 beyond noise" in decision.because
    assert decision.compared["of"] == "visitors" and decision.compared["sessions"] > 200
    better = decided(champion, challenger, estimator=meek(blob))
    assert better.promote and "it is better than version 2 beyond noise" in better.because
    fitted, held_out = challenger
    opposite = msgspec.structs.replace(held_out, probabilities=1 - held_out.probabilities)
    assert "it is worse than version 2" in decided(champion, (fitted, opposite)).because


def test_a_window_of_which_it_knows_a_part_compares_nothing(champion, challenger, blob):
    decision = decided(champion, challenger, learned_until=EARLIER + 2 * DAY_MS, estimator=meek(blob))
    assert not decision.promote and decision.compared is None
    assert decision.because == "version 2 knows of part of the newest 7 days: it is compared in 2.0 days"


def test_one_that_abstains_takes_the_place_of_what_lost_its_skill_alone(champion, challenger):
    fitted, held_out = challenger
    abstaining = msgspec.structs.replace(fitted, model=None, reason="no skill")
    assert decided(champion, (abstaining, held_out)).because == "it abstains (no skill), and version 2 stays"
    labels = held_out.examples.labels
    turned = msgspec.structs.replace(held_out, examples=msgspec.structs.replace(held_out.examples, labels=1 - labels))
    decision = decided(champion, (abstaining, turned))
    assert decision.promote and "this one has no skill either" in decision.because


def test_first_erased_simulated_and_unreadable_ones_give_way(champion, challenger):
    assert decide(None, RETURN_7D, *challenger, "observed").because == "it is the first"
    for fields, why in (
        ({"erased": True}, "version 2 had learned from somebody"),
        ({"estimator": b"no"}, "version 2 cannot be read"),
        ({"trained_on": "simulated"}, "version 2 learned from simulated sessions"),
    ):
        decision = decided(champion, challenger, **fields)
        assert decision.promote and decision.because.startswith(why)
    assert np.isfinite(challenger[1].probabilities).all()
