"""Figures of probabilities that something comes true, beside whether it did."""

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from gooddata.intelligence.evaluate.intervals import interval
from gooddata.intelligence.evaluate.report import Figure
from gooddata.intelligence.scoring.propensity import Vector
from gooddata.intelligence.training.judge import auc_interval, calibration, calibration_error


def auc(
    name: str,
    labels: Vector,
    found: Vector,
    groups: np.ndarray | None = None,
    *,
    published: float | None = None,
    published_by: str | None = None,
    aim: float | None = None,
) -> Figure:
    """The area under the ROC curve; those of one of `groups` (n,), such as a session, are no independent evidence."""
    return Figure(
        name=name,
        value=float(roc_auc_score(labels, found)),
        interval=auc_interval(labels, found, np.arange(len(labels)) if groups is None else groups),
        published=published,
        published_by=published_by,
        aim=aim,
    )


def average_precision(
    name: str,
    labels: Vector,
    found: Vector,
    *,
    published: float | None = None,
    published_by: str | None = None,
    aim: float | None = None,
) -> Figure:
    """The mean of the precisions at all cut-offs."""
    return Figure(
        name=name,
        value=float(average_precision_score(labels, found)),
        interval=interval(lambda drawn: average_precision_score(labels[drawn], found[drawn]), len(labels)),
        published=published,
        published_by=published_by,
        aim=aim,
    )


def calibration_off(name: str, labels: Vector, found: Vector) -> Figure:
    """The expected calibration error."""
    return Figure(name=f"{name} (less is better)", value=calibration_error(calibration(labels, found)))
