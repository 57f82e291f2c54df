"""Fits and judges a model for a task of sessions, or says why there can be none."""

from collections.abc import Sequence
from typing import Any

import msgspec

from gooddata.intelligence.scoring.propensity import Matrix, Propensity, Vector
from gooddata.intelligence.scoring.tasks import CONVERSION, Task
from gooddata.intelligence.sessions.features import FEATURES, NAMES, TOGETHER
from gooddata.intelligence.training.examples import Examples, Replayed, StoredSession
from gooddata.intelligence.training.importance import grouped, importance
from gooddata.intelligence.training.judge import judge, unskilled
from gooddata.intelligence.training.sample import trained_on
from gooddata.intelligence.training.split import iso, split, split_for_refit

# Below these there is no model: a held-out quarter would hold too few conversions to tell skill from luck.
SESSIONS_NEEDED = 200
CONVERSIONS_NEEDED = 20
# Of which each part must have some that can be seen coming: a session that begins with its goal shows nothing.
CONVERSIONS_TO_LEARN = 10
CONVERSIONS_TO_CALIBRATE = 3
CONVERSIONS_TO_TEST = 5


class Fitted(msgspec.Struct, frozen=True):
    """A model, or with `estimator` None the reason why there is none; and what it was fitted and judged on."""

    reason: str | None
    trained_on: str
    metrics: dict[str, Any]
    estimator: bytes | None = None
    features: tuple[str, ...] = NAMES


class HeldOut(msgspec.Struct, frozen=True):
    """Examples that a fit has not seen, its probabilities of them (n,), and the share of positives it has learned from.

    `served` is what scores from then on, fitted to all sessions, and `learned` the examples of those; None where the
    fit has not earned that.
    """

    examples: Examples
    probabilities: Vector
    base_rate: float
    served: Propensity | None = None
    learned: Examples | None = None


def fit(sessions: Sequence[StoredSession], task: Task = CONVERSION) -> Fitted:
    """Fits on finished sessions, sorted by start. The same sessions give the same model.

    Observed sessions alone are used where there are enough of them, simulated ones where there are not.
    """
    return fit_and_judge(Replayed(sessions, (task,)), task)[0]


def fit_and_judge(replayed: Replayed, task: Task) -> tuple[Fitted, HeldOut | None]:
    """The model as `fit` gives it, and what it was judged by, if it came to that."""
    sessions = replayed.sessions
    observed = [session for session in sessions if not session.simulated]
    if not _too_few(observed, task):
        sessions = observed
    counts = {"sessions": len(sessions), "conversions": sum(session.converted for session in sessions)}
    origin = trained_on(session.simulated for session in sessions)
    if reason := _too_few(sessions, task):
        return Fitted(reason, origin, counts), None
    parts = split(sessions)
    train, calibrate, test = (replayed.examples(part, task) for part in (parts.train, parts.calibrate, parts.test))
    metrics = counts | {
        "sessions_train": len(parts.train),
        "sessions_calibrate": len(parts.calibrate),
        "sessions_test": len(parts.test),
        "examples_train": len(train.labels),
        "examples_test": len(test.labels),
        "positives_train": train.came_true(),
        "positives_test": test.came_true(),
        "split_at": iso(parts.split_at),
        "learned_from": iso(sessions[0].started_at),
        "learned_until": iso(max(session.last_at for session in sessions)),
    }
    if reason := _unbalanced(task, train, calibrate, test):
        return Fitted(reason, origin, metrics), None
    judged = _fitted(train, calibrate)
    base_rate = float(train.labels.mean())
    probabilities = judged.predict(columns_of(test.matrix, judged))
    metrics |= judge(test.labels, probabilities, test.of_session, base_rate)
    metrics["estimator"] = judged.kind
    held_out = HeldOut(test, probabilities, base_rate)
    if reason := unskilled(metrics, "sessions it had not seen"):
        return Fitted(reason, origin, metrics), held_out
    metrics["importance"] = _importance(judged, test)
    # What was judged is the way of fitting; what scores is fitted in that way to all sessions, the newest included.
    learn, newest = (replayed.examples(part, task) for part in split_for_refit(sessions))
    served = _fitted(learn, newest, judged.kind)
    metrics["sessions_refit"] = len(sessions)
    fitted = Fitted(None, origin, metrics, served.dumps(), served.names)
    return fitted, msgspec.structs.replace(held_out, served=served, learned=learn)


def _fitted(train: Examples, calibrate: Examples, kind: str | None = None) -> Propensity:
    return Propensity.fit(NAMES, (train.matrix, train.labels), (calibrate.matrix, calibrate.labels), kind)


def _importance(model: Propensity, test: Examples) -> dict[str, Any]:
    groups = grouped([(each.name, each.meaning) for each in FEATURES if each.name in model.names], TOGETHER)
    return importance(model, columns_of(test.matrix, model), test.labels, test.of_session, groups)


def columns_of(matrix: Matrix, model: Propensity) -> Matrix:
    """The features (n, len(NAMES)) that `model` knows."""
    return matrix[:, [NAMES.index(name) for name in model.names]]


def _too_few(sessions: Sequence[StoredSession], task: Task) -> str | None:
    if task is not CONVERSION:
        if len(sessions) >= SESSIONS_NEEDED:
            return None
        return f"needs at least {SESSIONS_NEEDED} finished sessions; there are {len(sessions):,}"
    conversions = sum(session.converted for session in sessions)
    if len(sessions) >= SESSIONS_NEEDED and conversions >= CONVERSIONS_NEEDED:
        return None
    return (
        f"needs at least {SESSIONS_NEEDED} finished sessions and {CONVERSIONS_NEEDED} of them with a conversion; "
        f"there are {len(sessions):,} and {conversions:,}"
    )


def _unbalanced(task: Task, train: Examples, calibrate: Examples, test: Examples) -> str | None:
    needs = (
        ("older sessions, to learn from", train, CONVERSIONS_TO_LEARN),
        ("newer sessions, to calibrate on", calibrate, CONVERSIONS_TO_CALIBRATE),
        ("newest quarter of sessions, to be judged by", test, CONVERSIONS_TO_TEST),
    )
    for part, examples, needed in needs:
        if (came_true := examples.came_true()) < needed:
            return f"the {part}, must have {needed} {task.outcome}s that something came before; there are {came_true}"
        if examples.labels.all():
            return f"the {part}, all end in a {task.outcome}: there is nothing to tell apart"
    return None
