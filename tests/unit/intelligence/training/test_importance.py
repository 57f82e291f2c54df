import numpy as np
import pytest

from gooddata.intelligence.returns.visits import MEANINGS
from gooddata.intelligence.returns.visits import TOGETHER as OF_VISITORS
from gooddata.intelligence.scoring.propensity import Propensity
from gooddata.intelligence.sessions.features import FEATURES, TOGETHER
from gooddata.intelligence.training import importance as module
from gooddata.intelligence.training.fit import fit
from gooddata.intelligence.training.importance import Group, grouped, importance
from tests.unit.intelligence.training.test_fit import visits

NAMES = ("decides", "left", "right", "noise", "constant")
GROUPS = grouped([(name, f"what {name} means") for name in NAMES], [("sides", "both sides", ("left", "right"))])


@pytest.fixture(scope="module")
def given():
    """What comes true hangs on `decides`, less on either of two sides that say the same, and on nothing else."""
    rng = np.random.default_rng(7)
    side = rng.normal(size=3_000)
    matrix = np.column_stack([rng.normal(size=3_000), side, side, rng.normal(size=3_000), np.full(3_000, 3.0)])
    matrix[::9, 3] = np.nan
    chance = 1 / (1 + np.exp(-(3 * matrix[:, 0] + 1.2 * side)))
    labels = (rng.random(3_000) < chance).astype(float)
    train, calibrate, test = (slice(0, 1_500), slice(1_500, 2_000), slice(2_000, 3_000))
    model = Propensity.fit(NAMES, (matrix[train], labels[train]), (matrix[calibrate], labels[calibrate]))
    return model, matrix[test], labels[test], np.arange(1_000) // 4


def test_what_decides_comes_first_and_noise_is_around_zero(given):
    told = importance(*given, GROUPS)
    found = {each["feature"]: each for each in told["features"]}
    assert list(found)[:2] == ["decides", "sides"]
    assert found["decides"]["increase"] > 3 * found["sides"]["increase"] > 0.15
    assert found["decides"]["meaning"] == "what decides means" and found["decides"]["spread"] > 0
    assert abs(found["noise"]["increase"]) < 0.01
    assert (found["constant"]["increase"], found["constant"]["spread"]) == (0, 0)
    assert (told["examples"], told["of"], told["repeats"]) == (1_000, 250, 5)
    # One side can stand in for the other, so that each counts for less than both together.
    parts = found["sides"]["parts"]
    assert {each["feature"] for each in parts} == {"left", "right"}
    assert sum(each["increase"] for each in parts) < found["sides"]["increase"]
    assert "parts" not in found["decides"]
    assert importance(*given, GROUPS) == told


def test_whole_sessions_are_drawn_and_no_more_than_so_many_examples(given, monkeypatch):
    monkeypatch.setattr(module, "MOST_EXAMPLES", 101)
    told = importance(*given, GROUPS)
    assert (told["examples"], told["of"]) == (100, 25)
    monkeypatch.setattr(module, "MOST_EXAMPLES", 3)
    assert importance(*given, GROUPS)["examples"] == 4


def test_every_feature_is_in_one_group():
    for features, together in (([(each.name, each.meaning) for each in FEATURES], TOGETHER),
                               (list(MEANINGS.items()), OF_VISITORS)):  # fmt: skip
        groups = grouped(features, together)
        assert sorted(name for group in groups for name, _ in group.features) == sorted(name for name, _ in features)
        assert all(group.meaning and "{" not in group.meaning for group in groups)
        assert (
            len({group.name for group in groups})
            == len(groups)
            == len(features) - sum(len(own) - 1 for _, _, own in together)
        )
    assert Group(
        "device", "on what sort of device", (("on_mobile", "on a telephone"), ("on_tablet", "on a tablet"))
    ) in (grouped([(each.name, each.meaning) for each in FEATURES], TOGETHER))


def test_a_model_is_stored_with_what_it_goes_by():
    """Whoever puts something into the cart buys it: nothing else tells."""
    metrics = fit(visits(400)).metrics
    first, *rest = metrics["importance"]["features"]
    assert first["feature"] in ("interactions", "adds") and first["increase"] > 2 * first["spread"] > 0
    of_carts = {"interactions", "adds", "value_added", "since_add_ms"}
    assert all(each["increase"] < first["increase"] / 2 for each in rest if each["feature"] not in of_carts)
    assert metrics["importance"]["log_loss"] == pytest.approx(metrics["log_loss"])
