import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from gooddata.intelligence.training.judge import (
    auc_interval,
    calibration,
    calibration_error,
    judge,
    lift,
    share_interval,
)


def some(n=4_000, seed=0, skill=1.0):
    rng = np.random.default_rng(seed)
    probabilities = rng.beta(1, 5, n)
    chance = skill * probabilities + (1 - skill) * probabilities.mean()
    return (rng.random(n) < chance).astype(float), probabilities, np.arange(n)


def test_the_interval_holds_the_auc_and_widens_with_less_data():
    labels, probabilities, session = some()
    low, high = auc_interval(labels, probabilities, session)
    assert low < roc_auc_score(labels, probabilities) < high
    fewer = auc_interval(labels[:400], probabilities[:400], session[:400])
    assert fewer[1] - fewer[0] > 2 * (high - low)


def test_a_resample_counts_like_scikit_learn_counts():
    labels, probabilities, session = some(300)
    rounded = probabilities.round(1)
    drawn = np.random.default_rng(20_130).integers(0, 300, 300)
    low, high = auc_interval(labels, rounded, session, resamples=1)
    assert low == high == pytest.approx(roc_auc_score(labels[drawn], rounded[drawn]))


def test_moments_of_one_session_are_no_independent_evidence():
    labels, probabilities, session = some(400)
    often = [np.repeat(part, 20) for part in (labels, probabilities, session)]
    once = auc_interval(labels, probabilities, session)
    assert auc_interval(*often) == pytest.approx(once)


def test_no_skill_is_seen_as_none():
    labels, probabilities, session = some(skill=0.0)
    low, high = auc_interval(labels, probabilities, session)
    assert low < 0.5 < high


def test_probabilities_that_mean_what_they_say_have_little_calibration_error():
    labels, probabilities, _ = some(20_000)
    bins = calibration(labels, probabilities)
    assert len(bins) == 10 and sum(each["count"] for each in bins) == 20_000
    assert [each["predicted"] for each in bins] == sorted(each["predicted"] for each in bins)
    assert calibration_error(bins) < 0.01
    assert calibration_error(calibration(labels, probabilities / 2)) > 0.05


def test_what_a_bin_observed_has_an_interval_and_a_number_of_sessions():
    labels, probabilities, session = some(2_000)
    bins = calibration(labels, probabilities, of_session=session // 2)
    assert all(each["interval"][0] <= each["observed"] <= each["interval"][1] for each in bins)
    assert all(each["count"] / 2 <= each["sessions"] <= each["count"] for each in bins)
    # Of a probability that means what it says, nineteen in twenty.
    held = [each["interval"][0] <= each["predicted"] <= each["interval"][1] for each in bins]
    assert sum(held) >= 8
    assert judge(labels, probabilities, session, labels.mean())["calibration"] == calibration(
        labels, probabilities, of_session=session
    )


def test_the_interval_of_a_share_is_that_of_sessions_not_of_their_moments():
    labels = (np.arange(100) < 20).astype(float)
    alone = share_interval(labels, np.arange(100))
    assert alone == pytest.approx((0.1334, 0.2888), abs=2e-3)  # Wilson's, of 20 in 100
    # Each session ten times says no more than once; what differs within sessions says more.
    assert share_interval(np.repeat(labels, 10), np.repeat(np.arange(100), 10)) == pytest.approx(alone, abs=1e-9)
    mixed = share_interval((np.arange(1_000) % 5 == 0).astype(float), np.repeat(np.arange(100), 10))
    assert mixed[1] - mixed[0] < 0.5 * (alone[1] - alone[0])
    # Where nothing came true, nothing is certain all the same.
    assert share_interval(np.zeros(500), np.repeat(np.arange(50), 10)) == pytest.approx((0, 0.0713), abs=1e-3)


def test_the_first_tenth_converts_most():
    labels, probabilities, _ = some(20_000)
    found = lift(labels, probabilities)
    assert [each["decile"] for each in found] == list(range(1, 11))
    assert found[0]["lift"] > 2 > 0.5 > found[-1]["lift"]
    assert np.mean([each["lift"] for each in found]) == pytest.approx(1, abs=0.01)


def test_the_baseline_is_what_one_could_say_without_a_model():
    labels, probabilities, session = some()
    figures = judge(labels, probabilities, session, base_rate=0.2)
    assert figures["log_loss"] < figures["log_loss_baseline"]
    assert figures["log_loss_baseline"] == pytest.approx(-np.mean(labels * np.log(0.2) + (1 - labels) * np.log(0.8)))
