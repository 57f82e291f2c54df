"""Do customers of a real shop come back, as told by what they did so far? Over CDNOW's purchases, prints JSON.

Each purchase stands for a visit; features, snapshots and models are the product's own, as of the last day.
"""

import argparse
import json
import os
import time
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from gooddata.intelligence.evaluate.cdnow import read
from gooddata.intelligence.evaluate.report import data_file
from gooddata.intelligence.moments import DAY_MS
from gooddata.intelligence.returns.tasks import TASKS, fit
from gooddata.intelligence.returns.visits import Visit, Visitor
from gooddata.intelligence.sessions.rollup import DIRECT

_EPOCH = date(1970, 1, 1).toordinal()
_FIGURES = ("visitors", "snapshots", "examples_train", "positives_train", "examples_test", "positives_test", "auc",
            "auc_interval", "average_precision", "log_loss", "log_loss_baseline", "ece", "estimator")  # fmt: skip


def visitors(data: Path) -> list[Visitor]:
    """Every customer, with a visit for each day of a purchase."""
    return [
        Visitor(UUID(int=number), [_visit(*each) for each in times])
        for number, times in enumerate(read(data_file(data, "cdnow", "CDNOW_master.txt.xz")))
    ]


def _visit(day: float, amount: float, _: float) -> Visit:
    at = int((day - _EPOCH) * DAY_MS)
    return Visit(at, at, 1, 0, 0, 1, amount, DIRECT, None)


def measure(data: Path) -> dict[str, Any]:
    people = visitors(data)
    now = max(visit.last_at for each in people for visit in each.visits)
    told: dict[str, Any] = {"bench": "returns", "cores": os.cpu_count(), "data": "CDNOW"}
    for task in TASKS:
        started = time.perf_counter()
        fitted = fit(people, task, now)
        figures = {name: fitted.metrics[name] for name in _FIGURES if name in fitted.metrics}
        told[task.name] = {"reason": fitted.reason, **figures, "seconds": round(time.perf_counter() - started, 1)}
    return told


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, type=Path)
    print(json.dumps(measure(parser.parse_args().data), indent=2))
