"""CDNOW: does a customer buy again within 39 weeks? (Fader and Hardie's data)

Known are purchases up to 30 September 1997. Customers are judged in ten folds, each by what was learnt from the others.
"""

import lzma
import time
from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedKFold, train_test_split

from gooddata.intelligence.evaluate.judged import auc, average_precision, calibration_off
from gooddata.intelligence.evaluate.report import Evaluation, data_file
from gooddata.intelligence.returns.features import NAMES, Time, matrix
from gooddata.intelligence.scoring.propensity import Propensity

KNOWN_UNTIL = date(1997, 9, 30).toordinal()
WITHIN_DAYS = 39 * 7
FOLDS = 10
CALIBRATE = 0.2
_SEED = 20_130


def run(data: Path) -> Evaluation:
    """Raises InputError where the file is missing."""
    started = time.perf_counter()
    customers = read(data_file(data, "cdnow", "CDNOW_master.txt.xz"))
    known = [[time for time in times if time[0] <= KNOWN_UNTIL] for times in customers]
    labels = np.array(
        [any(0 < day - KNOWN_UNTIL <= WITHIN_DAYS for day, _, _ in times) for times in customers], dtype=np.float64
    )
    rows = matrix(known, KNOWN_UNTIL)
    found = np.empty(len(labels))
    for others, asked in StratifiedKFold(FOLDS, shuffle=True, random_state=_SEED).split(rows, labels):
        learn, newest = train_test_split(others, test_size=CALIBRATE, stratify=labels[others], random_state=_SEED)
        model = Propensity.fit(NAMES, (rows[learn], labels[learn]), (rows[newest], labels[newest]))
        found[asked] = model.predict(rows[asked][:, [NAMES.index(name) for name in model.names]])
    return Evaluation(
        benchmark="cdnow",
        figures=[
            auc("return AUC", labels, found, published=0.764, published_by="BG/NBD", aim=0.79),
            average_precision("average precision", labels, found),
            auc("recency alone, AUC", labels, np.array([times[-1][0] for times in known])),
            calibration_off("calibration error", labels, found),
        ],
        examples=len(labels),
        seconds=time.perf_counter() - started,
        settings={"folds": FOLDS, "calibrate": CALIBRATE},
    )


def read(path: Path) -> list[list[Time]]:
    """The purchases of each customer, in order; those of one day are one."""
    customers: defaultdict[str, dict[int, list[float]]] = defaultdict(dict)
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            match line.split():
                case [customer, day, items, dollars] if customer.isdigit():
                    on = date(int(day[:4]), int(day[4:6]), int(day[6:])).toordinal()
                    bought = customers[customer].setdefault(on, [0.0, 0.0])
                    bought[0] += float(dollars)
                    bought[1] += float(items)
    return [[(float(day), *days[day]) for day in sorted(days)] for days in customers.values()]  # type: ignore[misc]
