"""How long does one recommendation take, in process? Over the sessions of RSC15, prints JSON."""

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from gooddata.intelligence.evaluate.next_item import clicks
from gooddata.intelligence.evaluate.report import data_file
from gooddata.intelligence.recommend.judge import prefixes
from gooddata.intelligence.recommend.recommender import Recommender

ANSWERS = 3_000


def measure(data: Path) -> dict[str, float | int | str | None]:
    """Milliseconds of single answers, and seconds to learn."""
    sessions = clicks(data_file(data, "rsc15-64", "rsc15_train_full.tsv.xz"))
    started = time.perf_counter()
    recommender = Recommender.learn(sessions)
    learnt = time.perf_counter() - started
    asked = prefixes(clicks(data_file(data, "rsc15-64", "rsc15_test.tsv.xz")), recommender)[:ANSWERS]
    taken = []
    for _, known, _ in asked:
        began = time.perf_counter()
        recommender.next_items(known)
        taken.append(time.perf_counter() - began)
    p50, p99 = np.quantile(taken, [0.5, 0.99]) * 1_000
    return {
        "bench": "recommend",
        "cores": os.cpu_count(),
        "sessions": len(sessions),
        "items": recommender.index.items,
        "answers": len(asked),
        "p50_ms": round(float(p50), 2),
        "p99_ms": round(float(p99), 2),
        "learn_seconds": round(learnt, 1),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, type=Path)
    with threadpool_limits(1):  # as in a worker, which shares its cores with other processes
        print(json.dumps(measure(parser.parse_args().data), indent=2))
