"""Different visitors: exact in small groups, close in large ones."""

import numpy as np
import pytest

from gooddata.serving.columns.day import EXACT_UP_TO, SAMPLE
from gooddata.serving.columns.people import different, takes_sample


def hashes(count, seed):
    return np.random.default_rng(seed).integers(0, 1 << 64, count, dtype="u8")


def test_small_groups_are_exact_beside_large_ones():
    small, large = hashes(700, 1), hashes(150_000, 2)
    visitors = [np.repeat(small, 3), np.repeat(large, 2), small[:10]]
    groups = [np.zeros(2_100, "i8"), np.ones(300_000, "i8"), np.full(10, 2)]
    found = different(visitors, groups, np.array([2_100, 300_000, 10, 0]))
    assert found[0] == 700 and found[2] == 10 and found[3] == 0
    assert found[1] == pytest.approx(150_000, rel=0.04)


def test_sampled_visits_are_enough_for_the_largest():
    visits = EXACT_UP_TO * SAMPLE + 1
    visitors = hashes(visits, 3)
    sampled = visitors[visitors < (1 << 64) // SAMPLE]
    assert takes_sample(np.array([visits, visits - 1])).tolist() == [True, False]
    sizes = np.array([visits])
    all_, few = (different([each], [np.zeros(len(each), "i8")], sizes)[0] for each in (visitors, sampled))
    assert all_ == few == pytest.approx(visits, rel=0.04)
