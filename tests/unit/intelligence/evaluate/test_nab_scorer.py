"""The scorer of the Numenta Anomaly Benchmark, on made-up series and on published scores of other detectors."""

import csv
import lzma
from collections import defaultdict

import numpy as np
import pytest

from gooddata.intelligence.evaluate import nab_corpus
from gooddata.intelligence.evaluate.nab_scorer import Profile, Series, optimise, probation, sigmoid, steps, total

STANDARD = Profile(tp=1.0, fn=1.0, fp=0.11)
SERIES = Series(200, [(100, 119)])


def scored(*detected, threshold=0.5):
    scores = np.zeros(200)
    scores[list(detected)] = 0.9
    return total([steps(SERIES, scores, STANDARD)], threshold, STANDARD)


def test_silence_is_nothing_and_the_first_row_of_a_window_is_all():
    assert scored() == pytest.approx(0)
    assert scored(100) == pytest.approx(100)


def test_only_the_earliest_detection_in_a_window_counts():
    assert scored(100, 104, 118) == scored(100)
    assert scored(104, 118) == scored(104) < scored(100)
    half = sigmoid(-10 / 20) / sigmoid(-1.0)
    assert scored(110) == pytest.approx(100 * (half + 1) / 2)


def test_a_false_alarm_costs_all_before_a_window_and_less_close_behind_one():
    assert scored(100) - scored(60, 100) == pytest.approx(100 * 0.11 / 2)
    assert scored(100) - scored(100, 120) < 100 * 0.11 / 2 / 4
    assert scored(100) - scored(100, 190) == pytest.approx(100 * 0.11 / 2)


def test_rows_of_the_probationary_period_do_not_count():
    assert probation(200) == 30 and probation(20_000) == 750
    assert scored(29, 100) == scored(100) > scored(30, 100)


def test_the_optimiser_finds_the_threshold_that_no_other_betters():
    rng = np.random.default_rng(3)
    scores = np.round(rng.random(200), 2)
    scores[105] = 0.99
    of = [steps(SERIES, scores, STANDARD), steps(Series(200, []), np.round(rng.random(200), 2), STANDARD)]
    threshold, best = optimise(of, STANDARD)
    assert best == pytest.approx(total(of, threshold, STANDARD))
    assert best == pytest.approx(max(total(of, each, STANDARD) for each in np.arange(0, 1.01, 0.01).round(2)))


@pytest.mark.parametrize("detector", ["numentaTM", "relativeEntropy", "windowedGaussian"])
def test_published_totals_come_out_of_published_scores(detector, shared_data):
    scores = defaultdict(list)
    with lzma.open(shared_data / "nab" / f"reference_scores_{detector}.csv.xz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            scores[row["file"]].append(float(row["anomaly_score"]))
    corpus = nab_corpus.read(shared_data / "nab" / "nab.tar.xz")
    for ours, theirs in nab_corpus.PROFILES.items():
        profile = corpus.profiles[ours]
        of = [steps(each.series, np.array(scores[each.name]), profile) for each in corpus.series]
        published = corpus.published[detector][theirs]
        assert total(of, corpus.thresholds[detector][theirs], profile) == pytest.approx(published, abs=0.01)
        # The thresholds published are from a search that may stop early; ours tries every one.
        assert optimise(of, profile)[1] >= published - 0.01
