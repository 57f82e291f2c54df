"""When a detector of programs takes the place of the one in use, and what makes sessions stand out."""

import random

import msgspec
import numpy as np
import pytest

from gooddata.intelligence.automated.behaviour import NAMES
from gooddata.intelligence.automated.decide import _areas, decide
from gooddata.intelligence.automated.detector import Detector
from gooddata.intelligence.automated.stands_out import stands_out
from gooddata.intelligence.champions import Champion
from tests.unit.intelligence.automated.given import DAY, START, crawler, people, visit, watched, who


def programs(number, first=20_000):
    """Crawlers, each at another time of the three days."""
    facts = []
    for each in range(number):
        rng = random.Random(f"program {each}")
        facts += visit(rng, who(first + each), START + rng.random() * 3 * DAY, rng.randint(10, 40), 700, False)
    return watched(facts)


@pytest.fixture(scope="module")
def sessions():
    return sorted([*watched(people(400)), *programs(120)], key=lambda each: each.started_at)


@pytest.fixture(scope="module")
def used():
    return Detector.fit(watched(people(300, seed=5)))


def champion(detector, **fields):
    return Champion(**({"version": 2, "reason": None, "trained_on": "observed", "features": NAMES, "erased": False,
                        "learned_until": START, "sessions": 520, "estimator": detector.dumps()} | fields))  # fmt: skip


def deaf(detector):
    """One to which nothing is beyond what is usual: all behaviour looks alike."""
    usual = msgspec.structs.replace(detector.usual, median=[1e9] * len(NAMES))
    return Detector(usual, detector._forest, detector._middle, detector._rare)


def hard_of_hearing(detector):
    """One that hears of the hour alone, and of where sessions came from."""
    spread = [each if name in ("hour", "unreferred") else 1e9
              for name, each in zip(NAMES, detector.usual.spread, strict=True)]  # fmt: skip
    usual = msgspec.structs.replace(detector.usual, spread=spread)
    return Detector(usual, detector._forest, detector._middle, detector._rare)


def test_one_stays_until_another_tells_programs_from_people_better_beyond_noise(sessions, used):
    decision = decide(champion(used), sessions, START)
    assert not decision.promote and "beyond noise: AUC" in decision.because
    assert decision.compared["sessions"] > 70 and decision.compared["figure_champion"] > 0.9
    better = decide(champion(hard_of_hearing(used)), sessions, START)
    assert better.promote and "it is better than version 2 beyond noise" in better.because
    worthless = decide(champion(deaf(used)), sessions, START)
    assert worthless.promote and worthless.because.endswith("is no better than chance: AUC 0.500")


def test_where_too_few_are_sure_more_sessions_or_newer_ones_decide(used):
    alone = watched(people(400))
    few = decide(champion(used, sessions=300), alone, START)
    assert not few.promote and few.because.startswith("too few sessions since version 2 learned are programs'")
    assert decide(champion(used, sessions=200), alone, START).promote
    old = decide(champion(used, learned_until=START - DAY), alone, START)
    assert old.promote and "older than what counts" in old.because
    # What it has seen, sure as it is, tells nothing.
    last = alone[-1].started_at
    everything = [*alone, *programs(200)]
    assert decide(champion(used, learned_until=last + DAY, sessions=600), everything, START).compared is None


def test_first_erased_and_unreadable_ones_give_way(sessions, used):
    assert decide(None, sessions, START).because == "it is the first"
    assert "erased" in decide(champion(used, erased=True), sessions, START).because
    assert "cannot be read" in decide(champion(used, estimator=b"no"), sessions, START).because


def test_the_areas_are_those_of_all_pairs_and_the_interval_draws_visitors():
    truths = np.array([True, True, False, False])
    before, after, (low, high) = _areas(truths, np.array([0.9, 0.1, 0.5, 0.1]), np.array([0.9, 0.8, 0.5, 0.1]), "abcd")
    assert (before, after) == (0.625, 1.0)
    assert low == 0.0 and high > after - before


def test_what_makes_sessions_stand_out_is_told_of_features_and_rules(used):
    told = stands_out(used, [*watched(people(40, seed=9)), *watched(crawler())])
    assert (told["measure"], told["examples"]) == ("score", 1)
    by_name = {each["feature"]: each for each in told["features"]}
    assert len(by_name) == len(told["features"]) == len(NAMES) + 8
    # Rules stand in for one another: no single one makes it likely.
    assert by_name["rule fast"]["share"] == by_name["rule unattended"]["share"] == 1.0
    assert by_name["rule robots"]["share"] == 0.0 == by_name["rule robots"]["increase"]
    assert all(each["increase"] >= -1e-9 for each in told["features"])
    assert stands_out(used, watched(people(40, seed=9))) is None
