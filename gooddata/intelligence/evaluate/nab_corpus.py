"""The series, windows and profiles of the Numenta Anomaly Benchmark, read straight from its archive."""

import csv
import io
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np

from gooddata.intelligence.evaluate.nab_scorer import Profile, Series, Vector

PROFILES = {"standard": "standard", "low-FP": "reward_low_FP_rate", "low-FN": "reward_low_FN_rate"}


class Labelled(msgspec.Struct, frozen=True):
    """One series: its file's name below data/, times (epoch ms, as if UTC), values, and windows by row."""

    name: str
    times: list[int]
    values: Vector
    series: Series


class Corpus(msgspec.Struct, frozen=True):
    """All series in the order of their names; the profiles by our names; published totals and thresholds,
    {detector: {profile: figure}}, the profiles by the benchmark's names."""

    series: list[Labelled]
    profiles: dict[str, Profile]
    published: dict[str, dict[str, float]]
    thresholds: dict[str, dict[str, float]]


def read(path: Path) -> Corpus:
    """Reads nab.tar.xz."""
    with tarfile.open(path, "r:xz") as archive:
        files = {
            member.name.removeprefix("./"): file.read()
            for member in archive
            if (file := archive.extractfile(member)) is not None
        }
    windows = msgspec.json.decode(files["labels/combined_windows.json"], type=dict[str, list[tuple[str, str]]])
    profiles = msgspec.json.decode(files["config/profiles.json"], type=dict[str, dict[str, dict[str, float]]])
    return Corpus(
        [_labelled(name, files[f"data/{name}"], windows[name]) for name in sorted(windows)],
        {ours: _profile(profiles[theirs]["CostMatrix"]) for ours, theirs in PROFILES.items()},
        msgspec.json.decode(files["results/final_results.json"], type=dict[str, dict[str, float]]),
        {
            detector: {profile: found["threshold"] for profile, found in of.items()}
            for detector, of in msgspec.json.decode(files["config/thresholds.json"]).items()
        },
    )


def _profile(costs: dict[str, float]) -> Profile:
    return Profile(tp=costs["tpWeight"], fn=costs["fnWeight"], fp=costs["fpWeight"])


def _labelled(name: str, text: bytes, windows: list[tuple[str, str]]) -> Labelled:
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8"))))
    times = [_ms(row["timestamp"]) for row in rows]
    at = np.array(times)
    # Some files repeat an hour where clocks were put back, so rows are looked for one by one.
    within = [np.flatnonzero((at >= _ms(first)) & (at <= _ms(last))) for first, last in windows]
    spans = [(int(rows[0]), int(rows[-1])) for rows in within]
    return Labelled(name, times, np.array([float(row["value"]) for row in rows]), Series(len(rows), spans))


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000)
