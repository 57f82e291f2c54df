"""The next item of a session: every prefix of a test session is asked for what follows it (HR@20 and MRR@20)."""

import csv
import lzma
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gooddata.intelligence.evaluate.intervals import interval
from gooddata.intelligence.evaluate.report import Evaluation, Figure
from gooddata.intelligence.recommend.judge import AT, Asked, rank
from gooddata.intelligence.recommend.recommender import Recommender


def judge(
    benchmark: str,
    started: float,
    recommender: Recommender,
    asked: Sequence[Asked],
    published: tuple[float, float],
    by: str,
    aims: tuple[float | None, float | None],
) -> Evaluation:
    """Asks the recommender; `published` and `aims` are HR@20 and MRR@20, `started` when reading began."""
    ranks = np.array([rank(recommender, known, following) for _, known, following in asked])
    sessions = np.array([session for session, _, _ in asked])
    hits = np.where(ranks > 0, 1.0, 0.0)
    reciprocals = np.where(ranks > 0, 1.0 / np.maximum(ranks, 1), 0.0)
    figures = [
        Figure(
            name=name,
            value=float(values.mean()),
            interval=_interval(values, sessions),
            published=reference,
            published_by=by,
            aim=aim,
        )
        for name, values, reference, aim in zip(
            (f"HR@{AT}", f"MRR@{AT}"), (hits, reciprocals), published, aims, strict=True
        )
    ]
    return Evaluation(benchmark=benchmark, figures=figures, examples=len(asked), seconds=time.perf_counter() - started)


def clicks(path: Path) -> list[list[str]]:
    """The sessions of a file of clicks (SessionId, ItemId, Time), each in order, the one that ended first first."""
    sessions: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            sessions[row["SessionId"]].append((float(row["Time"]), row["ItemId"]))
    for own in sessions.values():
        own.sort(key=lambda click: click[0])
    return [[item for _, item in own] for own in sorted(sessions.values(), key=lambda own: own[-1][0])]


def _interval(values: np.ndarray, sessions: np.ndarray) -> tuple[float, float]:
    """Whole sessions are drawn: predictions within one are no independent evidence."""
    _, of_session = np.unique(sessions, return_inverse=True)
    sums, counts = np.bincount(of_session, values), np.bincount(of_session)
    return interval(lambda drawn: float(sums[drawn].sum() / counts[drawn].sum()), len(sums))
