"""Differences of shares and their intervals, against worked examples and by drawing at random."""

import numpy as np
import pytest

from gooddata.serving.uplift import LEAST, Side, compared, newcombe, wilson


# The worked examples of Newcombe (1998), table II, method 10.
@pytest.mark.parametrize(
    ("one", "other", "interval"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((0, 10), (0, 10), (-0.2775, 0.2775)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
    ],
)
def test_the_interval_is_that_of_the_paper(one, other, interval):
    sides = [Side(visitors, converted) for converted, visitors in (one, other)]
    assert newcombe(*sides) == pytest.approx(interval, abs=5e-5)


def test_intervals_hold_what_they_promise():
    rng = np.random.default_rng(11)
    held = 0
    for shown, holdout in zip(rng.binomial(400, 0.06, 2_000), rng.binomial(100, 0.04, 2_000), strict=True):
        low, high = newcombe(Side(400, int(shown)), Side(100, int(holdout)))
        held += low <= 0.02 <= high
    assert 0.93 < held / 2_000 < 0.985


def test_a_share_of_nobody_may_be_anything():
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 20)[0] == 0.0 and wilson(20, 20)[1] == 1.0


def test_a_difference_is_told_with_a_verdict_or_a_reason():
    told = compared(Side(1_000, 120, 50, 7), Side(1_000, 60))
    assert (
        told["verdict"] == "better" and told["uplift"] == pytest.approx(0.06) and told["relative"] == pytest.approx(1)
    )
    assert told["shown"]["clicked"] == 50 and told["shown"]["dismissed"] == 7
    assert compared(Side(1_000, 60), Side(1_000, 120))["verdict"] == "worse"
    assert compared(Side(1_000, 60), Side(1_000, 61))["verdict"] == "no difference seen"
    nothing = compared(Side(1_000, 60), Side(1_000, 0))
    assert nothing["relative"] is None and nothing["verdict"] == "better"
    alone = compared(Side(1_000, 60), Side(0, 0))
    assert alone["uplift"] is None and "nobody was held out" in alone["reason"]
    few = compared(Side(LEAST, 1), Side(LEAST - 1, 1))
    assert few["verdict"] == "unknown" and few["reason"].endswith(f"there are {LEAST - 1} held out")
