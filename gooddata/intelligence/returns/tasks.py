"""What is asked of visitors: do they come back within a week, and are known ones gone for good?

Visitors are looked at in snapshots, one window apart: at each, what was known then, and what came true in the window
after it. So the newest snapshot judges a model whose examples were all settled before it, and whoever has not been here
for weeks is learned from as they are asked about.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np

from gooddata.intelligence.moments import DAY_MS
from gooddata.intelligence.returns.visits import (
    MEANINGS,
    NAMES,
    TOGETHER,
    Visit,
    Visitor,
    is_known,
    known_at,
    matrix,
)
from gooddata.intelligence.scoring.propensity import Matrix, Propensity, Vector
from gooddata.intelligence.training.importance import grouped, importance
from gooddata.intelligence.training.judge import judge, unskilled

ACTIVE_DAYS = 90  # who has not been here for so long is not asked about
VISITORS_NEEDED = 200
OF_EACH_NEEDED = 20  # visitors with either answer, to learn from
OF_EACH_JUDGED = 10  # and to calibrate on, and to judge by
_SNAPSHOTS = 8  # at most


class Task(msgspec.Struct, frozen=True):
    """`came_back` is whether coming back within `days` is what is asked for; `of` who is asked about, by their visits;
    `outcome` what comes true, in words, and `asks` the question."""

    name: str
    days: int
    came_back: bool
    outcome: str
    of: Callable[[Sequence[Visit]], bool]
    asks: str


RETURN_7D = Task(
    "return_7d",
    7,
    True,
    "came back within 7 days",
    lambda visits: True,
    "do they come back within 7 days?",
)
CHURN_30D = Task(
    "churn_30d",
    30,
    False,
    "stayed away for 30 days",
    is_known,
    "do they, who have come on two days or reached a goal, stay away for 30 days?",
)
TASKS = (RETURN_7D, CHURN_30D)


class Examples(msgspec.Struct):
    """Features (n, len(NAMES)), labels (n,) of 0 and 1, and the visitor each is of (n,)."""

    matrix: Matrix
    labels: Vector
    of_visitor: np.ndarray


class Fitted(msgspec.Struct, frozen=True):
    """A model, or with `model` None the reason why there is none; and what it was fitted and judged on."""

    reason: str | None
    metrics: dict[str, Any]
    model: Propensity | None = None


class HeldOut(msgspec.Struct, frozen=True):
    """The newest window, which begins at `since` (epoch ms); the probabilities of its examples by a fit that has not
    seen it, and the share of positives that this has learned from."""

    examples: Examples
    probabilities: Vector
    base_rate: float
    since: int


def asked_about(visitors: Sequence[Visitor], task: Task, at: int) -> list[tuple[int, list[Visit]]]:
    """Whom the task is asked of at `at` (epoch ms): places among `visitors`, and what is known of each then."""
    found = []
    for place, each in enumerate(visitors):
        known = known_at(each.visits, at)
        if known and known[-1].last_at > at - ACTIVE_DAYS * DAY_MS and task.of(known):
            found.append((place, known))
    return found


def examples(visitors: Sequence[Visitor], task: Task, snapshots: Sequence[int]) -> Examples:
    """What was known at each of the moments (epoch ms), and what had come true a window later."""
    parts, labels, of_visitor = [], [], []
    for at in snapshots:
        asked = asked_about(visitors, task, at)
        parts.append(matrix([known for _, known in asked], at))
        for place, _ in asked:
            back = any(at < each.started_at <= at + task.days * DAY_MS for each in visitors[place].visits)
            labels.append(float(back == task.came_back))
            of_visitor.append(place)
    rows = np.concatenate(parts) if parts else np.empty((0, len(NAMES)))
    return Examples(rows, np.array(labels), np.array(of_visitor, dtype=np.int64))


def fit(visitors: Sequence[Visitor], task: Task, now: int) -> Fitted:
    """As `fit_and_judge`, the model alone."""
    return fit_and_judge(visitors, task, now)[0]


def fit_and_judge(visitors: Sequence[Visitor], task: Task, now: int) -> tuple[Fitted, HeldOut | None]:
    """Fits on what is known at `now` (epoch ms), judged on the newest window that has passed. The same visitors give
    the same model."""
    window = task.days * DAY_MS
    first = min((each.visits[0].started_at for each in visitors), default=now)
    # The oldest snapshot has a window before it, in which visitors could come.
    snapshots = [at for step in range(1, _SNAPSHOTS + 1) if (at := now - step * window) - window >= first]
    counts: dict[str, Any] = {"visitors": len(visitors), "window_days": task.days, "snapshots": len(snapshots)}
    if len(snapshots) < 3:
        had = (now - first) // DAY_MS
        return Fitted(f"needs {4 * task.days} days of sessions; there are {had}", counts), None
    test, calibrate, *older = snapshots
    parts = [examples(visitors, task, at) for at in (older, [calibrate], [test])]
    learn, calibration, judged = parts
    counts |= {
        "examples_train": len(learn.labels),
        "examples_test": len(judged.labels),
        "positives_train": int(learn.labels.sum()),
        "positives_test": int(judged.labels.sum()),
        "split_at": datetime.fromtimestamp(test / 1_000, UTC).isoformat(timespec="milliseconds"),
    }
    if reason := _too_few(task, learn, calibration, judged):
        return Fitted(reason, counts), None
    model = Propensity.fit(NAMES, (learn.matrix, learn.labels), (calibration.matrix, calibration.labels))
    probabilities, base_rate = predict(model, judged.matrix), float(learn.labels.mean())
    metrics = counts | judge(judged.labels, probabilities, judged.of_visitor, base_rate)
    metrics["estimator"] = model.kind
    held_out = HeldOut(judged, probabilities, base_rate, test)
    if reason := unskilled(metrics, "the newest window"):
        return Fitted(reason, metrics), held_out
    groups = grouped([(name, MEANINGS[name]) for name in model.names], TOGETHER)
    rows = _columns_of(judged.matrix, model)
    metrics["importance"] = importance(model, rows, judged.labels, judged.of_visitor, groups)
    # What was judged is the way of fitting; what scores has learned from the newest window, too.
    learn, newest = examples(visitors, task, snapshots[1:]), judged
    served = Propensity.fit(NAMES, (learn.matrix, learn.labels), (newest.matrix, newest.labels), model.kind)
    return Fitted(None, metrics, served), held_out


def predict(model: Propensity, rows: Matrix) -> Vector:
    """Probabilities (n,) for features (n, len(NAMES)); one that is no more, and that the model knows, is missing."""
    return model.predict(_columns_of(rows, model))


def _columns_of(rows: Matrix, model: Propensity) -> Matrix:
    padded = np.column_stack([rows, np.full(len(rows), np.nan)])
    return padded[:, [NAMES.index(name) if name in NAMES else len(NAMES) for name in model.names]]


def _too_few(task: Task, learn: Examples, calibrate: Examples, judged: Examples) -> str | None:
    if len(np.unique(learn.of_visitor)) < VISITORS_NEEDED:
        there_are = len(np.unique(learn.of_visitor))
        return f"needs {VISITORS_NEEDED} visitors to learn from whose time has passed; there are {there_are}"
    parts = (("to learn from", learn, OF_EACH_NEEDED), ("to calibrate on", calibrate, OF_EACH_JUDGED),
             ("to be judged by", judged, OF_EACH_JUDGED))  # fmt: skip
    for what, part, needed in parts:
        came_true = int(part.labels.sum())
        fewer = min(came_true, len(part.labels) - came_true)
        if fewer < needed:
            return (
                f"{what}, it needs {needed} visitors each who {task.outcome} and who did not; "
                f"there are {came_true} and {len(part.labels) - came_true}"
            )
    return None
