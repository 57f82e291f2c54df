"""What a process loads before it has anything to do: libraries that take seconds come once they are needed."""

import subprocess
import sys

import pytest

LEARNING = {"sklearn", "scipy.stats", "scipy.optimize", "joblib"}


@pytest.mark.parametrize(
    ("begins_with", "not_yet"),
    [
        ("gooddata.intelligence.worker", LEARNING),
        ("gooddata.intelligence.training, gooddata.intelligence.standing", LEARNING),
        ("gooddata.intelligence.recommend.process", LEARNING),
        ("gooddata.server", LEARNING),
        ("gooddata.up", LEARNING | {"numpy", "litestar"}),
        ("gooddata.cli", LEARNING | {"numpy", "litestar", "httpx"}),
    ],
    ids=["worker", "trainer", "recommender", "server", "up", "command line"],
)
def test_a_process_begins_without_what_it_may_never_need(begins_with, not_yet):
    script = f"import sys; import {begins_with}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert not_yet & set(loaded.split()) == set()
