"""bol.com's example clicks, published with Serenade (Kersbergen, Sprangers and Schelter 2022)."""

import time
from pathlib import Path

from gooddata.intelligence.evaluate.next_item import clicks, judge
from gooddata.intelligence.evaluate.report import Evaluation, data_file
from gooddata.intelligence.recommend.judge import prefixes
from gooddata.intelligence.recommend.recommender import Recommender


def run(data: Path) -> Evaluation:
    """Raises InputError where a file is missing."""
    started = time.perf_counter()
    recommender = Recommender.learn(clicks(data_file(data, "serenade", "train.tsv.xz")))
    asked = prefixes(clicks(data_file(data, "serenade", "test.tsv.xz")), recommender)
    return judge("serenade", started, recommender, asked, (0.6402, 0.3401), "Serenade", (None, 0.36))
