"""Drift is seen where distributions differ, and not where they do not."""

import numpy as np
import pytest

from gooddata.intelligence.quality.profile import THRESHOLD, profile, shifts


def behaviour(sessions, seed, slower=1.0, missing=0.2):
    """Features of twelve moments of each session; those of one session are alike."""
    rng = np.random.default_rng(seed)
    of_session = np.repeat(np.arange(sessions), 12)
    pace = np.repeat(rng.gamma(2, 10, sessions), 12)
    features = {f"noise {n}": np.repeat(rng.normal(size=sessions), 12) for n in range(60)}
    features["pace"] = slower * pace * rng.lognormal(0, 0.1, len(pace))
    features["pages"] = np.repeat(rng.integers(1, 4, sessions), 12).astype(float)
    features["vector"] = np.where(np.repeat(rng.random(sessions), 12) < missing, np.nan, pace)
    features["never"] = np.full(len(pace), np.nan)
    features["hour"] = np.full(len(pace), 9.0 if slower == 1 else 15.0)
    return features, of_session


@pytest.mark.parametrize("sessions", [100, 300, 2_000])
def test_the_same_behaviour_raises_no_alarm_however_few_look_at_it(sessions):
    known = profile(*behaviour(3_000, 1))
    alarms = [
        shift.name for seed in range(2, 8) for shift in shifts(known, *behaviour(sessions, seed)) if shift.is_drift
    ]
    assert alarms == []


def test_what_has_changed_is_told_and_nothing_else():
    known = profile(*behaviour(3_000, 1))
    found = shifts(known, *behaviour(300, 2, slower=2.5, missing=0.8))
    assert {shift.name for shift in found if shift.is_drift} == {"pace", "vector"}
    assert {found[0].name, found[1].name, found[2].name} == {"pace", "vector", "hour"}, "the farthest first"
    assert next(shift for shift in found if shift.name == "hour").psi > THRESHOLD, "told, and no drift: time passes"


def test_of_few_sessions_more_is_asked():
    known = profile(*behaviour(3_000, 1))
    few, many = ({each.name: each for each in shifts(known, *behaviour(n, 2, slower=1.4))} for n in (60, 2_000))
    assert few["pace"].limit > many["pace"].limit == THRESHOLD


def test_the_index_is_the_sum_over_bins_and_each_session_counts_the_same():
    values = np.arange(20, dtype=float)
    known = profile({"x": values}, np.arange(20))
    assert known.shares["x"] == pytest.approx([0.1] * 10 + [0.0])
    # Another 20 sessions: half of them in the lowest bin, of one of which there are a hundred moments.
    others = np.array([0.0] * 10 + [float(n) for n in range(0, 20, 2)])
    of_session = np.arange(20)
    [shift] = shifts(
        known, {"x": np.concatenate([others, np.zeros(99)])}, np.concatenate([of_session, np.zeros(99, int)])
    )
    p = (np.array([2.0] * 10 + [0.0]) + 0.5) / 25.5
    q = (np.array([11.0] + [1.0] * 9 + [0.0]) + 0.5) / 25.5
    assert shift.psi == pytest.approx(((q - p) * np.log(q / p))[:10].sum())
