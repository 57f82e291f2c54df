"""When an order of recommendations takes the place of the one in use, and what it goes by."""

import numpy as np
import pytest

from gooddata.intelligence.champions import Champion
from gooddata.intelligence.recommend import importance as module
from gooddata.intelligence.recommend.candidates import FEATURES
from gooddata.intelligence.recommend.clicks import Clicks
from gooddata.intelligence.recommend.decide import decide
from gooddata.intelligence.recommend.importance import importance
from gooddata.intelligence.recommend.judge import prefixes
from gooddata.intelligence.recommend.ranking import Ranking
from gooddata.intelligence.recommend.recommender import Recommender
from tests.unit.intelligence.tasks.cases_recommend import sessions


class Backwards(Ranking):
    """The likeliest last."""

    def order(self, features):
        return -super().order(features)


@pytest.fixture(scope="module")
def older():
    return Recommender.learn(sessions(1_500))


@pytest.fixture(scope="module")
def newest():
    fields = {"visitor": None, "simulated": False}
    return [
        Clicks(**(fields | {"session": number, "started_at": 100 + number, "items": items}))
        for number, items in enumerate(sessions(200, seed=9))
    ]


def champion(ranking, **fields):
    return Champion(**({"version": 7, "reason": None, "trained_on": "observed", "features": list(FEATURES),
                        "learned_until": 99, "erased": False, "estimator": ranking.dumps()} | fields))  # fmt: skip


def test_one_stays_until_another_puts_what_follows_earlier_beyond_noise(older, newest, monkeypatch):
    other = Ranking.learn(sessions(1_500, seed=4))
    decision = decide(champion(other), older, newest, "observed")
    assert not decision.promote and "better than version 7 beyond noise: MRR@20" in decision.because
    assert decision.compared["sessions"] > 150
    monkeypatch.setattr(Ranking, "loads", classmethod(lambda cls, blob: Backwards(other._estimator)))
    better = decide(champion(other), older, newest, "observed")
    assert better.promote and "it is better than version 7 beyond noise" in better.because


def test_only_sessions_count_that_began_since_it_learned(older, newest):
    decision = decide(champion(older.ranking, learned_until=260), older, newest, "observed")
    assert not decision.promote and decision.compared is None
    assert decision.because.startswith("too few sessions with two known items began since version 7 learned: ")
    assert decide(champion(older.ranking, trained_on="mixed", learned_until=260), older, newest, "observed").promote


def test_first_erased_and_unreadable_ones_give_way(older, newest):
    assert decide(None, older, newest, "observed").because == "it is the first"
    assert "erased" in decide(champion(older.ranking, erased=True), older, newest, "observed").because
    assert "cannot be read" in decide(champion(older.ranking, estimator=b"no"), older, newest, "observed").because


def test_it_goes_by_what_followed(older, newest, monkeypatch):
    monkeypatch.setattr(module, "MOST_MOMENTS", 100)
    asked = prefixes([each.items for each in newest], older)
    told = importance(older, asked)
    assert told["examples"] == 100 and {each["feature"] for each in told["features"]} == set(FEATURES)
    by_name = {each["feature"]: each["increase"] for each in told["features"]}
    assert told["features"][0]["feature"] in ("follows", "follows_at_once", "neighbours_lately", "precedes")
    assert told["features"][0]["increase"] > 0.05 > abs(by_name["session_length"])
    assert importance(older, asked) == told
    assert importance(Recommender(older.index, None), asked) is None
    assert np.isfinite([each["spread"] for each in told["features"]]).all()
