import numpy as np

from gooddata.intelligence.recommend.candidates import CANDIDATES, FEATURES, Trend, candidates
from gooddata.intelligence.recommend.index import Index
from gooddata.intelligence.recommend.recommender import Recommender
from tests.unit.intelligence.tasks.cases_recommend import ITEMS, sessions


def test_what_comes_next_is_learnt():
    recommender = Recommender.learn(sessions(1_500))
    hits = sum(
        ITEMS[(place + 1) % 40] in (found := recommender.next_items([item], 3)) or ITEMS[(place + 2) % 40] in found
        for place, item in enumerate(ITEMS)
    )
    assert hits >= 38


def test_without_a_ranking_model_what_followed_comes_first():
    recommender = Recommender.learn([["tea", "cup"], ["tea", "cup", "spoon"], ["hat", "scarf"]])
    assert recommender.ranking is None
    assert recommender.next_items(["tea"], 1) == ["cup"]
    assert recommender.next_items(["hat"], 1) == ["scarf"]


def test_a_new_item_is_recommended_from_its_first_session_on():
    recommender = Recommender.learn(sessions(1_500))
    for _ in range(3):
        session = recommender.index.begin()
        for item in ("item-3", "just in"):
            recommender.index.add(session, item)
    assert "just in" in recommender.next_items(["item-3"], 10)


def test_with_nothing_to_go_by_it_gives_what_is_trending():
    recommender = Recommender.learn([["hat"]] * 3 + [["tea"]] * 5)
    assert recommender.next_items([], 2) == ["tea", "hat"]
    assert recommender.next_items(["of no session"], 1) == ["tea"]
    recommender.index.add_sessions([["new"]] * 9)
    assert recommender.next_items([], 1) == ["tea"]
    recommender.refresh()
    assert recommender.next_items([], 1) == ["new"]


def test_candidates_have_all_features_and_are_bounded():
    index = Index()
    index.add_sessions(sessions(500) + [[f"one-{number}", "item-1"] for number in range(500)])
    items, features = candidates(index, Trend(index), index.numbers(["item-0", "item-1"]))
    assert len(items) == len(set(items.tolist())) == CANDIDATES
    assert features.shape == (CANDIDATES, len(FEATURES))
    assert np.isfinite(features).all()
    assert index.number("item-1") in items
