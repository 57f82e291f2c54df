"""Published benchmarks, through the product's own models, where their data sets are."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gooddata.cli import main

DATA = Path(__file__).parents[3] / "shared" / "data"

# Below these something has gone wrong with a model: they are what the simplest tries reach.
AT_LEAST = {
    "shoppers": {"10-fold AUC": 0.93, "10-fold average precision": 0.745, "November and December AUC": 0.825},
    "retailrocket": {"AUC after 3 events (81 buy)": 0.78},
    "cdnow": {"return AUC": 0.765},
    "serenade": {"HR@20": 0.64, "MRR@20": 0.346},
    "rsc15": {"HR@20": 0.65, "MRR@20": 0.319},
}


@pytest.mark.parametrize("benchmark", AT_LEAST)
def test_a_benchmark_gives_its_figures(benchmark):
    if not DATA.is_dir():
        pytest.skip(f"the data sets are not at {DATA}")
    answer = CliRunner().invoke(main, ["evaluate", benchmark, "--data", str(DATA), "--json"])
    assert answer.exit_code == 0, answer.output
    report = json.loads(answer.stdout)
    assert report["benchmark"] == benchmark
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
