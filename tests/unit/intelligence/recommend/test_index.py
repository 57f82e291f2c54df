import numpy as np
import pytest

from gooddata.intelligence.recommend import index as indexing
from gooddata.intelligence.recommend.index import CLICKS, NO_ITEM, Index


def clicks(index, session):
    row = index.clicks_of(np.array([session]))[0]
    return [index.names[item] for item in row[row != NO_ITEM].tolist()]


def test_a_session_grows_click_by_click_and_keeps_its_newest():
    index = Index()
    session, other = index.begin(), index.begin()
    for number in range(CLICKS + 3):
        index.add(session, f"item-{number}")
    index.add(other, "item-0")
    assert clicks(index, session) == [f"item-{number}" for number in range(3, CLICKS + 3)]
    assert clicks(index, other) == ["item-0"]
    assert index.sessions_with(index.number("item-0")).tolist() == [session, other]


def test_an_item_that_follows_itself_is_counted_and_not_kept():
    index = Index()
    index.add_sessions([["tea", "tea", "cup", "tea"]])
    assert clicks(index, 0) == ["tea", "cup", "tea"]
    assert index.sessions_with(index.number("tea")).tolist() == [0]
    assert index.repeat_rate(index.number("tea")) > index.repeat_rate(index.number("cup"))


def test_of_an_item_in_very_many_sessions_the_newest_are_kept(monkeypatch):
    monkeypatch.setattr(indexing, "POSTINGS", 10)
    index = Index()
    index.add_sessions([["tea"]] * 35)
    assert index.sessions_with(0).tolist() == list(range(25, 35))
    assert len(index._postings[0]) <= 20
    assert index.in_sessions(np.array([0])).tolist() == [35.0]


def test_it_has_room_for_more_than_it_was_made_with():
    index = Index()
    index.add_sessions([f"item-{number}", f"item-{number + 1}"] for number in range(3_000))
    assert (len(index), index.items) == (3_000, 3_001)
    assert clicks(index, 2_999) == ["item-2999", "item-3000"]
    assert index.in_sessions(np.array([index.number("item-1500")])).tolist() == [2.0]


def test_what_is_trending_is_what_the_newest_sessions_had():
    index = Index()
    index.add_sessions([["old"]] * 50 + [["new", "cup"]] * 3 + [["new"]])
    items, counts = index.trending(4)
    assert [index.names[item] for item in items.tolist()] == ["new", "cup"]
    assert counts.tolist() == [4.0, 3.0]


def test_an_item_never_seen_has_no_number():
    assert Index().number("tea") is None
    with pytest.raises(IndexError):
        Index().sessions_with(0)


def test_different_numbers_are_found_as_numpy_finds_them():
    places, rng = indexing.Places(), np.random.default_rng(7)
    for most in (3, 50, 5_000, 40):
        numbers = rng.integers(0, most, 900).astype(np.int32)
        for ours, theirs in zip(places.distinct(numbers), np.unique(numbers, return_inverse=True), strict=True):
            assert ours.tolist() == theirs.tolist()
    assert [each.tolist() for each in places.distinct(np.empty(0, dtype=np.int32))] == [[], []]
