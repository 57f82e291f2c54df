"""RecSys Challenge 2015, newest 1/64 of the clicks."""

import time
from pathlib import Path

from gooddata.intelligence.evaluate.next_item import clicks, judge
from gooddata.intelligence.evaluate.report import Evaluation, data_file
from gooddata.intelligence.recommend.judge import prefixes
from gooddata.intelligence.recommend.recommender import Recommender


def run(data: Path) -> Evaluation:
    """Raises InputError where a file is missing."""
    started = time.perf_counter()
    recommender = Recommender.learn(clicks(data_file(data, "rsc15-64", "rsc15_train_full.tsv.xz")))
    asked = prefixes(clicks(data_file(data, "rsc15-64", "rsc15_test.tsv.xz")), recommender)
    return judge("rsc15", started, recommender, asked, (0.6503, 0.3165), "GRU4Rec", (0.68, 0.335))
