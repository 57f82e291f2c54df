"""Every metric, as metrics.toml names it."""

import tomllib
from importlib import resources
from typing import Literal

import msgspec

COUNTER, GAUGE, HISTOGRAM = "counter", "gauge", "histogram"

# Which processes tell a metric, by the names of their commands.
BY = {
    "all": ("ingest", "serve", "work", "archive", "train", "retention", "up", "recommend"),
    "http": ("ingest", "serve"),
    "ingesting": ("ingest", "serve --ingest"),
    "working": ("work",),
    "serving": ("serve",),
    "training": ("train",),
    "archiving": ("archive",),
    "ending": ("retention", "up"),
    "up": ("up",),
}


class Metric(msgspec.Struct, frozen=True):
    """`by` is a key of BY. Every sample has the label `process`, too."""

    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    by: str
    meaning: str


def _read() -> dict[str, Metric]:
    text = resources.files("gooddata.inside").joinpath("metrics.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Metric])


BY_NAME = _read()
