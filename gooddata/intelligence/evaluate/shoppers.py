"""UCI Online Shoppers: does a session end in a purchase? (Sakar et al. 2019)

Ten folds as published, and November and December by what was learnt from February to October.
"""

import csv
import lzma
import time
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedKFold, train_test_split

from gooddata.intelligence.evaluate.judged import auc, average_precision, calibration_off
from gooddata.intelligence.evaluate.report import Evaluation, data_file
from gooddata.intelligence.evaluate.tabular import Encoder, Table
from gooddata.intelligence.scoring.propensity import Propensity, Vector

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Numbers that stand for something: more or less of them means nothing.
CODES = ("OperatingSystems", "Browser", "Region", "TrafficType", "VisitorType", "Month", "Weekend")
FOLDS = 10
CALIBRATE = 0.15
NOVEMBER = MONTHS.index("Nov")
_SEED = 20_130
_HELIYON = "XGBoost, Heliyon 2023"


def run(data: Path) -> Evaluation:
    """Both protocols. Raises InputError where the file is missing."""
    started = time.perf_counter()
    table, labels, months = read(data_file(data, "uci-shoppers", "online_shoppers_intention.csv.xz"))
    folds = _in_folds(table, labels)
    late = _by_time(table, labels, months)
    newer = labels[months >= NOVEMBER]
    return Evaluation(
        benchmark="shoppers",
        figures=[
            auc("10-fold AUC", labels, folds, published=0.937, published_by=_HELIYON, aim=0.942),
            average_precision(
                "10-fold average precision", labels, folds, published=0.754, published_by=_HELIYON, aim=0.775
            ),
            calibration_off("10-fold calibration error", labels, folds),
            auc("November and December AUC", newer, late, aim=0.87),
            calibration_off("November and December calibration error", newer, late),
        ],
        examples=len(labels) + len(newer),
        seconds=time.perf_counter() - started,
        settings={"folds": FOLDS, "calibrate": CALIBRATE},
    )


def read(path: Path) -> tuple[Table, Vector, np.ndarray]:
    """The sessions as a table in order of months, their labels (n,) and months (n,) from 0."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows.sort(key=lambda row: MONTHS.index(row["Month"]))
    labels = np.array([row.pop("Revenue") == "TRUE" for row in rows], dtype=np.float64)
    months = np.array([MONTHS.index(row["Month"]) for row in rows])
    table: Table = {name: [row[name] if name in CODES else float(row[name]) for row in rows] for name in rows[0]}
    return table, labels, months


def _in_folds(table: Table, labels: Vector) -> Vector:
    found = np.empty(len(labels))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=_SEED)
    for known, asked in folds.split(labels, labels):
        learn, calibrate = train_test_split(known, test_size=CALIBRATE, stratify=labels[known], random_state=_SEED)
        found[asked] = _said_of(table, labels, learn, calibrate, asked)
    return found


def _by_time(table: Table, labels: Vector, months: np.ndarray) -> Vector:
    known = np.flatnonzero(months < NOVEMBER)
    newest = round(len(known) * (1 - CALIBRATE))
    return _said_of(table, labels, known[:newest], known[newest:], np.flatnonzero(months >= NOVEMBER))


def _said_of(table: Table, labels: Vector, learn: np.ndarray, calibrate: np.ndarray, asked: np.ndarray) -> Vector:
    encoder = Encoder.fit(table, learn, calibrate)
    model = Propensity.fit(
        encoder.names,
        (encoder.matrix(table, learn), labels[learn]),
        (encoder.matrix(table, calibrate), labels[calibrate]),
    )
    columns = [encoder.names.index(name) for name in model.names]
    return model.predict(encoder.matrix(table, asked)[:, columns])
