"""Published benchmarks, through the product's own models, where their data sets are."""

import json

import pytest
from click.testing import CliRunner

from gooddata.cli import main

# Below these something has gone wrong with a model: they are what the simplest tries reach.
AT_LEAST = {
    "nab": {"standard": 66.0, "low-FP": 58.0, "low-FN": 71.0},
    "retailrocket": {"AUC after 3 events (81 buy)": 0.78},
    "cdnow": {"return AUC": 0.765},
    "serenade": {"HR@20": 0.64, "MRR@20": 0.346},
}


@pytest.mark.parametrize("benchmark", AT_LEAST)
def test_a_benchmark_gives_its_figures(benchmark, shared_data):
    answer = CliRunner().invoke(main, ["evaluate", benchmark, "--data", str(shared_data), "--json"])
    assert answer.exit_code == 0, answer.output
    report = json.loads(answer.stdout)
    assert report["benchmark"] == benchmark
    assert all(figure["value"] <= 0.03 for figure in report["figures"] if figure["name"].startswith("calibration"))
    found = {figure["name"]: figure for figure in report["figures"]}
    for name, least in AT_LEAST[benchmark].items():
        low, high = found[name]["interval"]
        assert low < found[name]["value"] < high
        assert found[name]["value"] > least
        assert found[name]["reached"] in (None, found[name]["value"] >= (found[name]["aim"] or 1.0))


def test_a_data_set_that_is_missing_is_named(tmp_path):
    answer = CliRunner().invoke(main, ["evaluate", "cdnow", "--data", str(tmp_path)])
    assert answer.exit_code != 0
    assert "CDNOW_master.txt.xz is missing" in str(answer.exception) + answer.output
