"""A project's recommender as it answers visitors: rules, what is new, what is forgotten, and bounds."""

import uuid

import numpy as np
import pytest

from gooddata.intelligence.recommend.clicks import Clicks
from gooddata.intelligence.recommend.index import Index
from gooddata.intelligence.recommend.live import NEW_MS, Live
from gooddata.intelligence.recommend.rules import Catalogue, diverse
from gooddata.persistence.items import RecommendationRules
from gooddata.recommending import Asked, Frames, frame

NOW = 1_700_000_000_000
LONG_AGO = NOW - 10 * NEW_MS


def visit(*items, visitor=None, session=None, bought=(), categories=None):
    return Clicks(session or uuid.uuid4(), visitor or uuid.uuid4(), list(items), categories or {}, set(bought))


def live(*visits, at=LONG_AGO, **bounds):
    made = Live(False, **bounds)
    for each in visits:
        made.put(each, at)
    made.refresh(NOW)
    return made


def shop(**bounds):
    """Whoever sees a goes on to b, then c; others see x, y and z."""
    return live(*[visit("a", "b", "c") for _ in range(20)], *[visit("x", "y", "z") for _ in range(10)], **bounds)


def ask(made, count=3, own=(), **asked):
    told = made.answer(Asked(number=7, project="p", count=count, **asked), own)
    assert told.number == 7
    return [each.item for each in told.recommendations]


def test_what_followed_elsewhere_comes_first_and_never_what_is_looked_at():
    made = shop()
    assert ask(made, items=["a"])[:2] == ["b", "c"]
    assert ask(made, items=["x"])[:2] == ["y", "z"]
    assert "a" not in ask(made, count=10, items=["a"])
    assert ask(made, count=10, items=["a", "b"], exclude_seen=True)[0] == "c"
    assert "a" not in ask(made, count=10, items=["a", "b"], exclude_seen=True)
    assert "a" in ask(made, count=10, items=["a", "b"])


def test_who_is_not_known_gets_what_is_trending_with_a_reason_where_there_is_too_little():
    made = shop()
    told = made.answer(Asked(number=1, project="p", count=4))
    assert [(each.item, each.why) for each in told.recommendations][:3] == [(i, "trending") for i in "abc"]
    assert (told.known, told.reason) == (0, None)
    assert ask(made, items=["never seen"]) == ask(made)
    few = made.answer(Asked(number=1, project="p", count=50))
    assert len(few.recommendations) == 6 and "6 known" in few.reason
    assert Live(False).answer(Asked(number=1, project="p", count=1)).reason == "no session has had an item yet"


def test_a_visitor_is_answered_from_their_newest_session_and_not_told_what_they_have_bought():
    made, somebody = shop(), uuid.uuid4()
    made.put(visit("x", visitor=somebody, bought=["b"]), NOW)
    made.put(visit("a", visitor=somebody), NOW)
    assert ask(made, visitor=somebody)[0] == "c"
    assert "b" not in ask(made, count=10, visitor=somebody)
    assert ask(made, visitor=somebody, exclude_bought=False)[0] == "b"
    made.rules = RecommendationRules(exclude_bought=False)
    assert ask(made, visitor=somebody)[0] == "b"
    # One who is not known here, by what was read of them.
    stranger = uuid.uuid4()
    own = [visit("z", visitor=stranger, bought=["y"]), visit("x", visitor=stranger)]
    assert ask(made, count=1, own=own, visitor=stranger) == ["y"]
    assert ask(made, count=1, own=own, visitor=stranger, exclude_bought=True) == ["z"]


def test_only_what_can_be_had_of_the_category_asked_for():
    made = live(visit("a", "b", "c", categories={"b": "tea", "c": "cups"}), visit("a", "b", categories={"b": "tea"}))
    assert ask(made, items=["a"], category="cups") == ["c"]
    made.catalogue.take([{"item": "b", "category": None, "in_stock": False}])
    assert ask(made, items=["a"]) == ["c"]
    assert ask(made, count=1, similar_to="a") == ["c"]
    made.catalogue.take([{"item": "b", "category": "cups", "in_stock": None}])
    assert sorted(ask(made, items=["a"], category="cups")) == ["b", "c"]
    assert ask(made, items=["a"], exclude=["b"]) == ["c"]


def test_what_belongs_together_is_by_sessions_with_both_not_by_how_common_it_is():
    made = live(
        *[visit("lamp", "bulb") for _ in range(5)],
        *[visit("lamp", "bag") for _ in range(6)],
        *[visit("bag", f"shoe {number % 7}") for number in range(60)],
    )
    assert ask(made, count=2, similar_to="lamp") == ["bulb", "bag"]
    told = made.answer(Asked(number=1, project="p", count=3, similar_to="lamp"))
    assert [each.why for each in told.recommendations] == ["similar", "similar", "trending"]


def test_diversity_lets_other_categories_in_and_keeps_the_first():
    catalogue = Catalogue()
    items = [f"tea {number}" for number in range(6)] + ["cup", "pot"]
    for item in items:
        catalogue.learn(item, "tea" if item.startswith("tea") else item)
    assert diverse(items, 4, 0.0, catalogue) == items[:4]
    mixed = diverse(items, 4, 0.6, catalogue)
    assert mixed[0] == "tea 0" and {"cup", "pot"} < set(mixed)
    assert diverse(items, 20, 0.6, catalogue) != items and sorted(diverse(items, 20, 0.6, catalogue)) == sorted(items)
    # Greedily, one by one, as the method says.
    worth = {item: 0.4 * (1 - place / len(items)) for place, item in enumerate(items)}
    chosen = []
    while len(chosen) < 4:
        same = lambda item: sum(catalogue.category(c) == catalogue.category(item) for c in chosen)  # noqa: E731
        chosen.append(
            max((i for i in items if i not in chosen), key=lambda i: worth[i] - 0.6 * same(i) / max(len(chosen), 1))
        )
    assert mixed == chosen


def test_one_place_of_ten_is_for_what_came_up_last_for_a_day():
    made = live(*[visit(*(f"old {number + step}" for step in range(3))) for number in range(30)])
    made.put(visit("old 3", "brand new"), NOW)
    told = made.answer(Asked(number=1, project="p", count=10, items=["old 20"]))
    assert [(each.item, each.why) for each in told.recommendations][-1] == ("brand new", "new")
    assert len({each.item for each in told.recommendations}) == 10
    assert "brand new" not in ask(made, count=9, items=["old 20"])
    made.rules = RecommendationRules(new_items=False)
    assert "brand new" not in ask(made, count=10, items=["old 20"])
    made.rules = RecommendationRules()
    made.refresh(NOW + NEW_MS)
    assert "brand new" not in ask(made, count=10, items=["old 20"])


def test_a_session_that_goes_on_is_not_counted_twice():
    made, session, somebody = shop(), uuid.uuid4(), uuid.uuid4()
    for items in (["a"], ["a", "q"], ["a", "q"]):
        made.put(visit(*items, session=session, visitor=somebody), NOW)
    assert made.sessions == 31
    index = made._recommender.index
    assert index.items_of(made._numbers[session]) == ["a", "q"]
    assert index.in_sessions(np.array(index.numbers(["a", "q"]))).tolist() == [21, 1]


def test_who_is_forgotten_leaves_nothing_behind_also_while_all_is_made_anew():
    made, first, second = shop(), uuid.uuid4(), uuid.uuid4()
    made.put(visit("a", "secret one", visitor=first, bought=["b"]), NOW)
    made.put(visit("a", "secret two", visitor=second), NOW)
    made.forget(first)
    assert made.is_due and not made.knows(first)
    anew = made.made_anew()
    made.forget(second)
    made.renew(anew)
    # The second was forgotten too late for that: it is done once more.
    assert made.is_due and not made.knows(second)
    made.renew(made.made_anew())
    made.refresh(NOW)
    assert not made.is_due and made.sessions == 30
    names = made._recommender.index.names
    assert sorted(names) == ["a", "b", "c", "x", "y", "z"]
    assert ask(made, count=10) == ask(shop(), count=10)
    assert ask(made, count=10, items=["a"]) == ask(shop(), count=10, items=["a"])


def test_the_oldest_sessions_give_way():
    made = live(most=40)
    for number in range(120):
        made.put(visit(f"item {number}", f"item {number + 1}"), LONG_AGO)
        if made.is_due:
            made.renew(made.made_anew())
    assert 40 <= made.sessions <= 50
    assert "item 3" not in made._recommender.index.names
    assert ask(made, count=1, items=["item 110"]) == ["item 111"]


def test_an_index_of_the_newest_is_as_one_of_them_alone():
    rng = np.random.default_rng(5)
    sessions = [[f"i{item}" for item in rng.integers(0, 30, rng.integers(1, 40))] for _ in range(300)]
    whole, alone = Index(), Index()
    whole.add_sessions(sessions)
    alone.add_sessions(sessions[120:])
    made, kept = whole.newest(180)
    assert kept.tolist() == list(range(120, 300)) and len(made) == 180
    for name in alone.names:
        ours, theirs = made.number(name), alone.number(name)
        # An item that a long session has forgotten and come to again is there twice until all is made anew.
        still = {each for each in alone.sessions_with(theirs).tolist() if name in alone.items_of(each)}
        assert made.sessions_with(ours).tolist() == sorted(still)
    for session in range(180):
        assert made.items_of(session) == alone.items_of(session)
    # It goes on as the other does.
    for index in (made, alone):
        session = index.begin()
        index.add(session, "i3")
        index.add(session, "another")
    assert made.items_of(180) == alone.items_of(180) == ["i3", "another"]


@pytest.mark.parametrize("portion", [1, 3, 1_000])
def test_frames_come_whole_however_they_arrive(portion):
    bodies = [b"", b"one", b"x" * 700, b"{}"]
    stream = b"".join(map(frame, bodies))
    took = []
    frames = Frames(took.append)
    for start in range(0, len(stream), portion):
        frames.feed(stream[start : start + portion])
    assert took == bodies
