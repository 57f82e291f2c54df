"""When a division of visitors takes the place of the one in use, of which nobody knows whether it is right."""

import msgspec
import numpy as np
import pytest

from gooddata.intelligence.champions import Champion
from gooddata.intelligence.moments import DAY_MS
from gooddata.intelligence.segments.decide import decide
from gooddata.intelligence.segments.segments import fit
from gooddata.intelligence.segments.visits import NAMES, by_visitor
from tests.unit.intelligence.segments.given import NOW, everybody, visits


@pytest.fixture(scope="module")
def rows():
    return by_visitor(everybody(), NOW)[1]


@pytest.fixture(scope="module")
def used(rows):
    return fit(rows, NOW)


def champion(**fields):
    return Champion(**({"version": 4, "reason": None, "trained_on": "observed", "features": NAMES,
                        "learned_until": NOW - DAY_MS, "erased": False, "estimator": b"kept"} | fields))  # fmt: skip


def test_what_divides_visitors_no_better_does_not_take_its_place(rows, used):
    found = fit(rows, NOW, used)
    decision = decide(champion(), used, found, rows, NOW)
    assert not decision.promote and "not better than version 4 beyond noise: silhouette" in decision.because
    assert decision.compared["agreement"] > 0.95
    assert decide(champion(), used, found, rows, NOW) == decision


def test_what_divides_visitors_better_whom_it_was_not_found_in_takes_its_place(rows, used):
    """The one in use has two kinds of visitors in one group."""
    first, second, *rest = used.segments
    middle = [(a + b) / 2 for a, b in zip(first.middle, second.middle, strict=True)]
    coarse = msgspec.structs.replace(used, segments=[msgspec.structs.replace(first, middle=middle), *rest])
    decision = decide(champion(), coarse, fit(rows, NOW, coarse), rows, NOW)
    assert decision.promote and "it is better than version 4 beyond noise" in decision.because
    low, high = decision.compared["interval"]
    assert 0 < low < high and decision.compared["agreement"] < 0.9


def test_groups_that_no_longer_hold_together_go(rows, used):
    lost = msgspec.structs.replace(
        used, segments=[msgspec.structs.replace(each, middle=[50.0 + each.id] * len(NAMES)) for each in used.segments]
    )
    decision = decide(champion(), lost, fit(rows, NOW, lost), rows, NOW)
    assert decision.promote and "the groups of version 4 hold together no longer" in decision.because


def test_first_erased_and_unreadable_ones_give_way(rows, used):
    assert decide(None, None, used, rows, NOW).because == "it is the first"
    assert "erased" in decide(champion(erased=True), used, used, rows, NOW).because
    assert decide(champion(), None, used, rows, NOW).because == "version 4 cannot be read"


def test_who_stays_in_use_tells_what_its_groups_are_like_today(used):
    later = by_visitor([*everybody(), *visits("readers", 200, 5)], NOW)[1]
    seen = used.seen_anew(later)
    assert [each.middle for each in seen.segments] == [each.middle for each in used.segments]
    assert [each.portrait.name for each in seen.segments] == [each.portrait.name for each in used.segments]
    assert sum(each.size for each in seen.segments) == len(later) > sum(each.size for each in used.segments)
    assert np.array_equal(seen.assign(later), used.assign(later))
