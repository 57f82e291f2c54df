"""The Numenta Anomaly Benchmark: 58 labelled series, one detector with one set of settings and one threshold.

What the detector looks at and its settings were chosen on every second series, in the order of their names, alone. The
others, by which nothing was chosen, are reported, too: they tell what to expect of series never seen.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gooddata.intelligence.anomalies.detector import WEIGHTS, Detector
from gooddata.intelligence.evaluate.intervals import interval
from gooddata.intelligence.evaluate.nab_corpus import Labelled, read
from gooddata.intelligence.evaluate.nab_scorer import Profile, Steps, Vector, optimise, steps, total
from gooddata.intelligence.evaluate.report import Evaluation, Figure, data_file

PUBLISHED = {"standard": 70.1, "low-FP": 63.1, "low-FN": 74.3}


def run(data: Path) -> Evaluation:
    """Raises InputError where the archive is missing."""
    started = time.perf_counter()
    corpus = read(data_file(data, "nab", "nab.tar.xz"))
    scores = [score(each) for each in corpus.series]
    figures: list[Figure] = []
    halves: list[Figure] = []
    settings: dict[str, float | int | str] = {f"weight, {side}": weight for side, weight in WEIGHTS.items()}
    for name, profile in corpus.profiles.items():
        all_steps = [steps(each.series, found, profile) for each, found in zip(corpus.series, scores, strict=True)]
        threshold, reached = optimise(all_steps, profile)
        settings[f"threshold, {name}"] = threshold
        figures.append(
            Figure(
                name=name,
                value=reached,
                interval=_interval(all_steps, threshold, profile),
                published=PUBLISHED[name],
                published_by="HTM",
                aim=PUBLISHED[name],
            )
        )
        chosen, unseen = all_steps[::2], all_steps[1::2]
        at, reached = optimise(chosen, profile)
        halves.append(Figure(name=f"{name}, series that settings were chosen on", value=reached))
        halves.append(
            Figure(name=f"{name}, the other series, at the threshold of those", value=total(unseen, at, profile))
        )
        halves.append(
            Figure(name=f"{name}, the other series, at a threshold of their own", value=optimise(unseen, profile)[1])
        )
    return Evaluation(
        benchmark="nab",
        figures=figures + halves,
        examples=sum(len(each.times) for each in corpus.series),
        seconds=time.perf_counter() - started,
        settings=settings,
    )


def _interval(all_steps: Sequence[Steps], threshold: float, profile: Profile) -> tuple[float, float]:
    return interval(lambda drawn: total([all_steps[place] for place in drawn], threshold, profile), len(all_steps))


def score(series: Labelled) -> Vector:
    """What a fresh detector says of each row, knowing those before."""
    fresh = Detector()
    return np.array([fresh.update(at, float(value)) for at, value in zip(series.times, series.values, strict=True)])
