import numpy as np

from gooddata.intelligence.insights.change_point import change_point, hours_ago, hours_ago_of_rate


def test_a_step_is_found_where_it_is():
    assert change_point(np.array([1.0, 1, 1, 1, 5, 5])) == 4
    rng = np.random.default_rng(2)
    assert abs(change_point(rng.normal(np.repeat([0, 2], [120, 40]))) - 120) <= 2


def test_the_rhythm_of_the_week_is_no_change():
    rng = np.random.default_rng(4)
    hour = np.arange(840)
    means = 60 * (1 + 0.8 * np.sin(2 * np.pi * hour / 24)) * (1 + 0.5 * np.sin(2 * np.pi * hour / 168))
    for search, ago in ((336, 84), (168, 30), (48, 10)):
        counts = rng.poisson(means * np.where(hour >= 840 - ago, 0.5, 1))
        assert abs(hours_ago(counts, search) - ago) <= 3


def test_few_an_hour_are_looked_at_by_the_day():
    counts = np.random.default_rng(5).poisson(np.where(np.arange(840) >= 840 - 96, 3.0, 1.0))
    assert hours_ago(counts, 336) == 96


def test_a_rate_changes_when_it_does_and_not_with_what_it_is_of():
    rng = np.random.default_rng(6)
    of = rng.poisson(np.where(np.arange(840) >= 700, 50, 200))
    hits = rng.binomial(of, np.where(np.arange(840) >= 780, 0.5, 0.2))
    assert abs(hours_ago_of_rate(hits, of, 336) - 60) <= 3
