import msgspec
import numpy as np
import pytest

from gooddata.errors import InputError
from gooddata.intelligence.moments import DAY_MS
from gooddata.intelligence.segments.clusters import Number, Scale, chosen, middles, nearest, numbers
from gooddata.intelligence.segments.names import portraits
from gooddata.intelligence.segments.segments import Segments, fit
from gooddata.intelligence.segments.visits import NAMES, Visit, by_visitor, compared, habits
from tests.unit.intelligence.segments.given import KINDS, NOW, everybody, visits, who


def segments_of(found, told, now=NOW):
    """The segment that most visitors of each kind are in."""
    visitors, rows = by_visitor(told, now)
    own = dict(zip(visitors, found.assign(rows).tolist(), strict=True))
    return {kind: np.bincount([own[who(kind, each)] for each in range(120)]).argmax() for kind in KINDS}


@pytest.fixture(scope="module")
def today():
    return fit(by_visitor(everybody(), NOW)[1], NOW)


def names(found):
    return {each.id: each.portrait.name for each in found.segments}


def test_each_kind_of_visitors_is_a_segment_with_a_name_of_what_sets_it_apart(today):
    of_kind = segments_of(today, everybody())
    assert len(set(of_kind.values())) == len(today.segments) == 4
    told = {kind: names(today)[each] for kind, each in of_kind.items()}
    assert told == {
        "readers": "frequent readers on phones",
        "hasty": "passers-by from search on desktops",
        "buyers": "buyers from other sites on desktops",
        "social": "visitors from social networks on phones",
    }
    buyers = next(each for each in today.segments if each.id == of_kind["buyers"])
    assert buyers.portrait.description.startswith("25% of visitors: ")
    assert {"goals", "revenue"} <= {trait.name for trait in buyers.portrait.traits}
    assert (buyers.size, buyers.since) == (120, NOW)


def test_ids_names_and_dates_stay_with_who_is_in_them_from_day_to_day(today):
    tomorrow = NOW + DAY_MS
    later = [*everybody(), *visits("readers", 150, 2, tomorrow)]
    found = fit(by_visitor(later, tomorrow)[1], tomorrow, today)
    assert segments_of(found, later, tomorrow) == segments_of(today, everybody())
    assert names(found) == names(today)
    assert {each.since for each in found.segments} == {NOW}


def test_ids_follow_the_visitors_where_there_are_fewer_segments_than_yesterday(today):
    nobody = msgspec.structs.replace(today.segments[0], id=1, middle=[99.0] * len(NAMES))
    former = [msgspec.structs.replace(each, id=each.id + 1) for each in reversed(today.segments)]
    yesterday = msgspec.structs.replace(today, segments=[nobody, *former], next_id=6)
    found = fit(by_visitor(everybody(), NOW)[1], NOW, yesterday)
    before = segments_of(today, everybody())
    assert segments_of(found, everybody()) == {kind: each + 1 for kind, each in before.items()}
    assert (len(found.segments), found.next_id) == (4, 6)


def test_what_is_like_nothing_of_yesterday_is_a_new_segment_and_no_id_comes_twice(today):
    without = fit(by_visitor([visit for kind in ("readers", "hasty") for visit in visits(kind, 240)], NOW)[1], NOW)
    found = fit(by_visitor(everybody(), NOW)[1], NOW + DAY_MS, without)
    new = [each for each in found.segments if each.id >= without.next_id]
    assert new and all(each.since == NOW + DAY_MS for each in new)
    assert found.next_id == without.next_id + len(new)
    assert len({each.id for each in found.segments}) == len(found.segments)


def test_a_name_stays_while_its_words_are_true_and_none_comes_twice(today):
    rows = np.array([[1.0] * len(NAMES), [1.0] * len(NAMES), [9.0] * len(NAMES), [9.0] * len(NAMES)])
    same = portraits(rows, [1, 1, 2, 2], {})
    twice = portraits(np.repeat(rows[:1], 4, axis=0), [1, 1, 2, 2], {})
    assert {each.name for each in twice.values()} == {"ordinary visitors", "ordinary visitors (2)"}
    kept = portraits(rows, [1, 1, 2, 2], {2: msgspec.structs.replace(same[2], name="as it was called")})
    assert (kept[1].name, kept[2].name) == (same[1].name, "as it was called")
    changed = portraits(rows, [1, 1, 2, 2], {1: msgspec.structs.replace(same[2], name="as it was called")})
    assert changed[1].name == same[1].name


def test_two_groups_of_one_kind_are_told_apart_by_what_else_they_are():
    rows = np.zeros((40, len(NAMES)))
    rows[:20, NAMES.index("days_since")] = 6.0
    rows[20:, NAMES.index("days_since")] = 9.0
    told = portraits(rows, [1] * 20 + [2] * 20, {})
    assert [each.name for each in told.values()] == ["ordinary visitors", "ordinary visitors not seen lately"]


def test_features_are_of_the_28_days_before_and_of_nothing_later():
    own = visits("readers", 1)
    late = msgspec.structs.replace(own[0], started_at=NOW, last_at=NOW)
    old = msgspec.structs.replace(own[0], started_at=NOW - 29 * DAY_MS, last_at=NOW - 29 * DAY_MS)
    assert habits([*own, late, old], NOW) == habits(own, NOW)
    assert habits([late, old], NOW) is None
    visit = Visit(own[0].visitor, NOW - DAY_MS, NOW - DAY_MS, 3, 1, 9_000, 1, 20.0, 2, "google", "tablet")
    told = dict(zip(NAMES, habits([visit, msgspec.structs.replace(visit, source=None)], NOW), strict=True))
    assert (told["sessions"], told["days_since"], told["pages"], told["goals"]) == (2.0, 1.0, 3.0, 2.0)
    assert (told["products"], told["on_phone"], told["from_search"], told["revenue"]) == (4 / 6, 1.0, 0.5, 40.0)


def test_as_many_groups_as_yesterday_unless_others_are_much_better():
    told = [Number(4, 0.20, 0.9), Number(5, 0.25, 0.9), Number(6, 0.40, 0.9)]
    assert chosen(told, None).groups == 6
    assert chosen(told, 5).groups == 6
    assert chosen(told[:2], 4).groups == 4
    assert chosen(told, 9).groups == 6


def test_halves_of_noise_divide_it_differently_and_of_groups_alike():
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(1_000, 8))
    apart = noise + 9 * np.eye(8)[rng.integers(0, 5, 1_000)]
    best = chosen(numbers(apart), None)
    assert (best.groups, best.stability) == (5, 1.0)
    assert max(each.stability for each in numbers(noise)) < 0.5


def test_too_few_visitors_or_none_that_hold_together_say_so():
    rows = by_visitor(everybody(), NOW)[1]
    assert fit(rows[:299], NOW) == "needs 300 visitors in 28 days; there are 299"
    alike = fit(np.repeat(rows[:1], 400, axis=0), NOW)
    assert alike == "visitors fall into no groups that another half of them would confirm"


def test_middles_are_kept_in_units_that_another_days_scale_understands():
    rows = compared(by_visitor(everybody(), NOW)[1])
    scale = Scale.of(rows)
    points = scale.scaled(rows)
    found = middles(points, 4)
    assert np.allclose(scale.scaled(scale.unscaled(found)), found)
    assert nearest(found, found).tolist() == [0, 1, 2, 3]


def test_a_model_that_is_none_is_refused():
    with pytest.raises(InputError):
        Segments.loads(b"nothing")
