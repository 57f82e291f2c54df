"""Fits and judges a model for a task of sessions, or says why there can be none."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from gooddata.intelligence.scoring.propensity import Matrix, Propensity
from gooddata.intelligence.scoring.tasks import CONVERSION, Task
from gooddata.intelligence.sessions.features import NAMES
from gooddata.intelligence.training.examples import Examples, StoredSession, examples_of
from gooddata.intelligence.training.judge import judge
from gooddata.intelligence.training.sample import trained_on
from gooddata.intelligence.training.split import split, split_for_refit

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


def fit(sessions: Sequence[StoredSession], task: Task = CONVERSION) -> Fitted:
    """Fits on finished sessions, sorted by start. The same sessions give the same model.

    Observed sessions alone are used where there are enough of them, simulated ones where there are not.
    """
    observed = [session for session in sessions if not session.simulated]
    if not _too_few(observed, task):
        sessions = observed
    counts = {"sessions": len(sessions), "conversions": sum(session.converted for session in sessions)}
    origin = trained_on(session.simulated for session in sessions)
    if reason := _too_few(sessions, task):
        return Fitted(reason, origin, counts)
    parts = split(sessions)
    train, calibrate, test = (examples_of(part, task) for part in (parts.train, parts.calibrate, parts.test))
    metrics = counts | {
        "sessions_train": len(parts.train),
        "sessions_calibrate": len(parts.calibrate),
        "sessions_test": len(parts.test),
        "examples_train": len(train.labels),
        "examples_test": len(test.labels),
        "positives_train": train.came_true(),
        "positives_test": test.came_true(),
        "split_at": datetime.fromtimestamp(parts.split_at / 1_000, UTC).isoformat(timespec="milliseconds"),
    }
    if reason := _unbalanced(task, train, calibrate, test):
        return Fitted(reason, origin, metrics)
    judged = _fitted(train, calibrate)
    base_rate = float(train.labels.mean())
    metrics |= judge(test.labels, judged.predict(_columns(test, judged)), test.of_session, base_rate)
    metrics["estimator"] = judged.kind
    if reason := _unskilled(metrics):
        return Fitted(reason, origin, metrics)
    # What was judged is the way of fitting; what scores is fitted in that way to all sessions, the newest included.
    learn, newest = (examples_of(part, task) for part in split_for_refit(sessions))
    served = _fitted(learn, newest, judged.kind)
    metrics["sessions_refit"] = len(sessions)
    return Fitted(None, origin, metrics, served.dumps(), served.names)


def _fitted(train: Examples, calibrate: Examples, kind: str | None = None) -> Propensity:
    return Propensity.fit(NAMES, (train.matrix, train.labels), (calibrate.matrix, calibrate.labels), kind)


def _columns(examples: Examples, model: Propensity) -> Matrix:
    """The features of `examples` that `model` knows."""
    return examples.matrix[:, [NAMES.index(name) for name in model.names]]


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


def _unskilled(metrics: dict[str, Any]) -> str | None:
    low, high = metrics["auc_interval"]
    if low <= 0.5:
        return (
            f"no better than chance on sessions it had not seen: AUC {metrics['auc']:.2f}, "
            f"with 95% confidence between {low:.2f} and {high:.2f}"
        )
    loss, base = metrics["log_loss"], metrics["log_loss_baseline"]
    if loss >= base:
        return (
            f"its probabilities are no better than the base rate on sessions it had not seen: "
            f"log loss {loss:.3f}, of the base rate {base:.3f}"
        )
    return None
