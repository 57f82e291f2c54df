"""A card tells what is stored of a version, and nothing else."""

from datetime import UTC, date, datetime

import pytest

from gooddata.intelligence.scoring.tasks import CONVERSION
from gooddata.intelligence.training.examples import Replayed
from gooddata.intelligence.training.fit_all import _version
from gooddata.serving.card import card
from tests.unit.intelligence.training.test_fit import visits

AT = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
FIGURES = {
    "moments": 400, "sessions": 90, "base_rate": 0.25, "auc": 0.81, "auc_low": 0.7, "auc_high": 0.9, "log_loss": 0.4,
    "log_loss_baseline": 0.56, "ece": 0.031,
}  # fmt: skip


def row(version, **fields):
    return {
        "project_id": "shop", "task": "conversion", "version": 2, "role": "champion", "status": version.status,
        "reason": version.reason, "trained_at": AT, "trained_on": version.trained_on, "features": version.features,
        "metrics": version.metrics, "decided_because": version.because, "learned_from": AT, "learned_until": AT,
        "erased_since": None, "described": version.described,
    } | fields  # fmt: skip


@pytest.fixture(scope="module")
def version():
    return _version(Replayed(visits(600), (CONVERSION,)), CONVERSION, None)


def test_it_tells_of_all_that_is_known(version):
    days = [{"day": str(date(2026, 11, 26))} | FIGURES]
    text = card(row(version), {"since": "2026-10-31"} | FIGURES | {"days": days})
    metrics = version.metrics
    low, high = metrics["auc_interval"]
    for told in (
        "# conversion, version 2 (in use)",
        CONVERSION.asks,
        f"| AUC | {metrics['auc']:.3f} ({low:.3f} to {high:.3f} with 95% confidence) |",
        f"| held out, the newest | 150 sessions, in {metrics['positives_test']:,} of which",
        "| learned from for use | 600 |",
        "| `adds` | count | things put into the cart | Product Added |",
        "| 2026-11-26 | 400 | 90 | 0.250 | 0.810 (0.700 to 0.900) | 0.4000 | 0.5600 | 0.031 |",
        "## Why it is in use\n\nIt is the first.",
        "converted already there is no score",
    ):
        assert told in text
    bins = [
        f"| {each['predicted']:.3f} | {each['observed']:.3f} ({each['interval'][0]:.3f} to {each['interval'][1]:.3f}) |"
        for each in metrics["calibration"]
    ]
    assert sum(each in text for each in bins) == 10
    first = metrics["importance"]["features"][0]
    grown = f"{first['increase']:.4f} ± {first['spread']:.4f}"
    assert f"| `{first['feature']}` | {first['meaning']} | {grown} |" in text
    counting = sum(each["increase"] != 0 for each in metrics["importance"]["features"])
    assert text.count("| `") == len(version.features) + counting
    assert "simulated" not in text


def test_it_makes_nothing_up(version):
    bare = row(version, described=None, decided_because=None, learned_from=None, metrics={}, role="former")
    text = card(bare, None)
    assert "What they mean was not kept with this version." in text
    assert "No scores of this version have been kept" in text
    assert "why was not kept with this version" in text
    assert "None" not in text and "AUC" not in text and "Calibration" not in text
    abstains = card(row(version, status="abstaining", reason="needs more sessions", features=[], metrics={}), None)
    assert "**It gives no scores:** needs more sessions." in abstains
