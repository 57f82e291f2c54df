import numpy as np
import pytest

from gooddata.intelligence.evaluate.intervals import interval


def test_the_interval_of_a_mean_is_as_wide_as_its_standard_error_says():
    values = np.random.default_rng(1).normal(5.0, 2.0, 400)
    low, high = interval(lambda drawn: float(values[drawn].mean()), len(values))
    assert low < values.mean() < high
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.15)


def test_the_same_figure_has_the_same_interval():
    values = np.arange(50.0)
    assert interval(lambda drawn: values[drawn].max(), 50) == interval(lambda drawn: values[drawn].max(), 50)
