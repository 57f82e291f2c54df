"""The streaming detector on made-up series: what it must see, and what it must let pass."""

import json

import numpy as np
import pytest

from gooddata.intelligence.anomalies import Detector

HOUR = 3_600_000
START = 1_795_132_800_000
ALARM = 0.55


def daily(days, seed=1):
    """A value an hour: a daily wave of 100 to 300 with noise."""
    rng = np.random.default_rng(seed)
    hours = np.arange(days * 24)
    return 200 + 100 * np.sin(hours * 2 * np.pi / 24) + rng.normal(0, 8, len(hours))


def scores(values, detector=None):
    detector = detector or Detector()
    return np.array([detector.update(START + place * HOUR, float(value)) for place, value in enumerate(values)])


@pytest.mark.parametrize("seed", range(5))
def test_a_month_like_any_other_gives_few_alarms(seed):
    assert (scores(daily(30, seed)) >= ALARM).sum() <= 3


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda values: values.__setitem__(500, 900.0), id="spike"),
        pytest.param(lambda values: values.__setitem__(slice(500, None), values[500:] + 400), id="level"),
        pytest.param(lambda values: values.__setitem__(slice(500, 520), 0.0), id="silence"),
        pytest.param(lambda values: values.__setitem__(slice(503, 509), values[494:500][::-1]), id="season"),
    ],
)
def test_what_is_out_of_the_ordinary_is_seen_soon(change):
    values = daily(30)
    change(values)
    found = np.flatnonzero(scores(values) >= ALARM)
    assert ((found >= 500) & (found < 512)).any()


def test_a_level_that_stays_is_told_once_and_not_for_ever():
    values = daily(40)
    values[500:] += 400
    assert (scores(values)[520:] >= ALARM).sum() <= 3


def test_a_flat_line_is_nothing_and_what_breaks_it_is():
    values = np.full(400, 7.0)
    values[300] = 30.0
    found = scores(values)
    assert found[:300].max() < ALARM <= found[300]


def test_nothing_is_said_while_warming_up():
    detector = Detector()
    assert scores([*range(10), 5_000.0, *range(10)], detector).max() == 0
    assert detector.warming


def test_it_goes_on_from_its_kept_state_as_if_never_stopped():
    values = daily(20)
    whole, first = Detector(), Detector()
    expected = scores(values, whole)
    found = list(scores(values[:300], first))
    again = Detector.of(json.loads(json.dumps(first.state())))
    found += [again.update(START + place * HOUR, float(values[place])) for place in range(300, len(values))]
    np.testing.assert_array_equal(found, expected)
    assert len(json.dumps(whole.state())) < 60_000


def test_a_value_that_is_no_number_leaves_no_trace():
    detector = Detector()
    scores(daily(5), detector)
    before = detector.state()
    assert detector.update(START, float("nan")) == detector.update(START, float("inf")) == 0
    assert detector.state() == before


def test_bounds_hold_most_of_what_is_usual():
    detector, values, within = Detector(), daily(30), 0
    for place, value in enumerate(values):
        low, high = detector.expected(START + place * HOUR)
        within += place >= 240 and low <= value <= high
        detector.update(START + place * HOUR, float(value))
    assert within >= 0.95 * (len(values) - 240)
