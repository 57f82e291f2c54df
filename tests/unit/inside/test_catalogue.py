"""The catalogue of metrics, what the code tells, and what the document says of it, are the same."""

import re
from pathlib import Path

from gooddata.inside.catalogue import BY, BY_NAME

ROOT = Path(__file__).parents[3]
TOLD = re.compile(r"""(?:Sample\(|[ae]?samples\(|_family\()\s*"(gooddata_\w+)\"""")


def test_what_is_told_is_in_the_catalogue_and_what_is_there_is_told():
    told = {name for file in (ROOT / "gooddata").rglob("*.py") for name in TOLD.findall(file.read_text())}
    assert told == {name for name in BY_NAME if not name.startswith("process_")}


def test_names_follow_the_rules_of_prometheus():
    for name, metric in BY_NAME.items():
        assert re.fullmatch(r"(gooddata|process)_[a-z_]+", name)
        assert (metric.kind == "counter") == name.endswith("_total"), name
        assert metric.by in BY
        assert not {"visitor", "user", "project", "key", "path", "event"} & set(metric.labels), name


def test_the_document_has_every_metric_and_no_other():
    rows = re.findall(
        r"^\| `(\w+)` \| (\w+) \| (.*?) \| (.*?) \| (.*) \|$", (ROOT / "docs/metrics.md").read_text(), re.M
    )
    said = [(name, kind, tuple(re.findall(r"`(\w+)`", labels)), by, text) for name, kind, labels, by, text in rows]
    wanted = [
        (name, metric.kind, metric.labels, ", ".join(f"`{each}`" for each in BY[metric.by]), metric.meaning)
        for name, metric in BY_NAME.items()
    ]
    assert said == wanted
