import numpy as np
import pytest

from gooddata.intelligence.returns.features import NAMES, features, matrix

# Day, amount, items.
HISTORY = [(0.0, 30.0, 2.0), (10.0, 10.0, 1.0), (40.0, 20.0, 1.0)]


def told(history, now):
    return dict(zip(NAMES, features(history, now), strict=True))


def test_recency_frequency_age_and_gaps_are_what_the_days_say():
    found = told(HISTORY, 100.0)
    assert (found["times"], found["age_days"], found["recency_days"], found["span_days"]) == (3, 100.0, 60.0, 40.0)
    assert (found["mean_gap_days"], found["last_gap_days"], found["longest_gap_days"]) == (20.0, 30.0, 30.0)
    assert found["gap_deviation_days"] == pytest.approx(10.0)
    assert (found["times_month"], found["times_quarter"]) == (0, 2)


def test_amounts_are_summed_and_told_apart():
    found = told(HISTORY, 100.0)
    assert (found["amount"], found["mean_amount"], found["items"]) == (60.0, 20.0, 4.0)
    assert (found["first_amount"], found["last_amount"], found["largest_amount"]) == (30.0, 20.0, 30.0)


def test_what_was_bought_last_counts_for_more_and_halves_with_age():
    assert told([(0.0, 1.0, 1.0)], 63.0)["lively_quarter"] == pytest.approx(0.5)
    assert told(HISTORY, 41.0)["lively_month"] > told(HISTORY, 100.0)["lively_month"]


def test_one_time_has_no_gaps_and_says_so():
    found = told(HISTORY[:1], 5.0)
    gaps = ("mean_gap_days", "gap_deviation_days", "last_gap_days", "longest_gap_days", "gaps_waited")
    assert np.isnan([found[name] for name in gaps]).all()
    assert np.isfinite([value for name, value in found.items() if name not in (*gaps, "deviations_waited")]).all()


def test_a_row_of_the_matrix_is_the_features_of_one_person():
    rows = matrix([HISTORY, HISTORY[:1]], 100.0)
    np.testing.assert_array_equal(rows[0], features(HISTORY, 100.0))
    assert matrix([], 100.0).shape == (0, len(NAMES))
