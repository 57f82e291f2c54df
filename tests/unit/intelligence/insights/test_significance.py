import numpy as np
import pytest
from scipy import stats

from gooddata.intelligence.insights.significance import (
    benjamini_hochberg,
    dispersion_of_rate,
    fisher,
    two_proportions,
    two_sided,
    weekday_change,
)


def test_false_discoveries_are_controlled_as_published():
    ps = np.random.default_rng(1).random(50) ** 3
    np.testing.assert_allclose(benjamini_hochberg(ps), stats.false_discovery_control(ps))
    assert len(benjamini_hochberg([])) == 0


@pytest.mark.parametrize("table", [(3, 20, 1, 30), (0, 10, 6, 12), (12, 15, 2, 40), (5, 250, 1, 300)])
def test_fisher_is_exact(table):
    hits, of, other, of_others = table
    exact = stats.fisher_exact([[hits, of - hits], [other, of_others - other]]).pvalue
    assert fisher(*table) == pytest.approx(exact)


def test_two_proportions_are_compared_with_continuity_or_exactly_where_few():
    test = two_proportions(60, 400, 90, 1_000)
    assert test.p == pytest.approx(stats.chi2_contingency([[60, 340], [90, 910]], correction=True).pvalue)
    assert test.name == "two proportions" and test.ratio == pytest.approx(0.15 / 0.09)
    interval = stats.contingency.relative_risk(60, 400, 90, 1_000).confidence_interval()
    assert (test.low, test.high) == pytest.approx((interval.low, interval.high), rel=1e-6)
    few = two_proportions(4, 60, 0, 90)
    assert (few.name, few.p) == ("Fisher's exact", pytest.approx(stats.fisher_exact([[4, 56], [0, 90]]).pvalue))
    assert two_proportions(60, 400, 90, 1_000, dispersion=4).p > test.p
    assert two_proportions(0, 400, 0, 1_000).p == 1


def test_students_t_and_dispersion_are_those_of_the_books():
    assert two_sided(-2.1, 21) == pytest.approx(2 * stats.t.sf(2.1, 21))
    hits, of = np.array([5, 9, 20, 4]), np.array([100, 100, 110, 90])
    table = np.array([hits, of - hits])
    assert dispersion_of_rate(hits, of) == pytest.approx(stats.chi2_contingency(table, correction=False)[0] / 3)
    assert dispersion_of_rate(np.zeros(5), of[:1].repeat(5)) == 1


@pytest.mark.parametrize("days", [1, 3, 7])
@pytest.mark.parametrize("shape", [None, 20])
def test_a_change_of_counts_is_seen_by_chance_as_often_as_its_p_says(days, shape):
    rng = np.random.default_rng(7)
    means = 300 * (1 + 0.4 * np.sin(np.arange(35) * 2 * np.pi / 7))
    ps = []
    for _ in range(800):
        counts = rng.poisson(means * (rng.gamma(shape, 1 / shape, 35) if shape else 1))[-28 - days :]
        ps.append(weekday_change(counts[:28].reshape(4, 7), counts[28:]).p)
    assert 0.01 < np.mean(np.array(ps) < 0.05) < 0.075


def test_a_halving_is_seen_with_its_interval_and_a_rhythm_of_the_week_is_none():
    rng = np.random.default_rng(3)
    means = np.array([1_000, 1_000, 1_000, 1_000, 1_000, 200, 200])
    earlier = rng.poisson(means, (4, 7))
    test = weekday_change(earlier, rng.poisson(means / 2))
    assert test.p < 1e-6 and test.low < 0.5 < test.high and test.high - test.low < 0.15
    assert weekday_change(earlier, rng.poisson(means)).p > 0.05
    same = weekday_change(np.full((4, 7), 9.0), np.full(7, 9.0), 0.0)
    assert (same.p, same.ratio) == (1.0, 1.0)
