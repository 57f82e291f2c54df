"""Diginetica: sessions without times, and prefixes of test sessions with what follows them."""

import lzma
import time
from pathlib import Path

from gooddata.intelligence.evaluate.next_item import judge
from gooddata.intelligence.evaluate.report import Evaluation, data_file
from gooddata.intelligence.recommend.judge import Asked
from gooddata.intelligence.recommend.recommender import Recommender


def run(data: Path) -> Evaluation:
    """Raises InputError where a file is missing."""
    started = time.perf_counter()
    recommender = Recommender.learn(_sessions(data_file(data, "diginetica", "train_sessions.txt.xz")))
    asked = _asked(data_file(data, "diginetica", "test_prefix_target.txt.xz"))
    return judge("diginetica", started, recommender, asked, (0.5567, 0.1945), "SGNN-HN", (0.557, 0.195))


def _sessions(path: Path) -> list[list[str]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return [line.split() for line in file]


def _asked(path: Path) -> list[Asked]:
    """Prefixes of one session follow each other, each shorter than the one before."""
    asked: list[Asked] = []
    session, longer = -1, 0
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            prefix, following = line.rstrip("\n").split("\t")
            known = prefix.split()
            if not 0 < len(known) < longer:
                session += 1
            longer = len(known)
            asked.append((session, known, following))
    return asked
