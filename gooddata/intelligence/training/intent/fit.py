"""Fits and judges a project's model of intent, or says why there can be none."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from gooddata.intelligence.facts.vectors import FIELDS
from gooddata.intelligence.scoring.propensity import Matrix
from gooddata.intelligence.training.examples import StoredSession
from gooddata.intelligence.training.importance import grouped, importance_of
from gooddata.intelligence.training.intent.labels import CLASSES, Examples, examples_of
from gooddata.intelligence.training.intent.softmax import Softmax
from gooddata.intelligence.training.judge import calibration, calibration_error
from gooddata.intelligence.training.sample import trained_on
from gooddata.intelligence.training.split import iso, split, split_for_refit

SESSIONS_NEEDED = 200
# Of a class, in each part that is learned from or judged by; one that has fewer is left out, and counts as the next.
SESSIONS_OF_A_CLASS = 10


class FittedIntent(msgspec.Struct, frozen=True):
    """A model, or with `softmax` None the reason why there is none; and what it was fitted and judged on.
    `learned_from` and `learned_until` (epoch ms) are between what times lies all that it has learned from."""

    reason: str | None
    trained_on: str
    metrics: dict[str, Any]
    softmax: Softmax | None = None
    learned_from: int | None = None
    learned_until: int | None = None


class HeldOut(msgspec.Struct, frozen=True):
    """Examples of `sessions` that `judged` has not seen, and those that it has learned from."""

    judged: Softmax
    examples: Examples
    sessions: Sequence[StoredSession]
    learned: Examples


def fit_intent(sessions: Sequence[StoredSession]) -> FittedIntent:
    """As `fit_and_judge`, the model alone."""
    return fit_and_judge(sessions)[0]


def fit_and_judge(sessions: Sequence[StoredSession]) -> tuple[FittedIntent, HeldOut | None]:
    """Fits on finished sessions, sorted by start; those observed alone where there are enough, else simulated ones too.

    The newest quarter, which is not learned from, judges it. The same sessions give the same model.
    """
    observed = [session for session in sessions if not session.simulated]
    if _measured(observed) >= SESSIONS_NEEDED:
        sessions = observed
    origin = trained_on(session.simulated for session in sessions)
    counts = {"sessions": len(sessions), "sessions_measured": _measured(sessions)}
    if counts["sessions_measured"] < SESSIONS_NEEDED:
        reason = (
            f"needs at least {SESSIONS_NEEDED} finished sessions with the engine's vectors; "
            f"there are {counts['sessions_measured']:,}"
        )
        return FittedIntent(reason, origin, counts), None
    parts = split(sessions)
    train, calibrate, test = (examples_of(part) for part in (parts.train, parts.calibrate, parts.test))
    classes = _classes(train, calibrate, test)
    if len(classes) < 2:
        return FittedIntent("all sessions go the same way: there is nothing to tell apart", origin, counts), None
    judged = _fitted(classes, train, calibrate)
    metrics: dict[str, Any] = counts | {
        "sessions_train": len(parts.train),
        "sessions_test": len(parts.test),
        "examples_train": len(train.vectors),
        "examples_test": len(test.vectors),
        "split_at": iso(parts.split_at),
    }
    metrics |= _judge(classes, judged, train.labels(classes), test)
    held_out = HeldOut(judged, test, parts.test, train)
    if metrics["log_loss"] >= metrics["log_loss_baseline"]:
        reason = (
            f"its probabilities are no better than the base rates on sessions it had not seen: "
            f"log loss {metrics['log_loss']:.3f}, of the base rates {metrics['log_loss_baseline']:.3f}"
        )
        return FittedIntent(reason, origin, metrics), held_out
    metrics["importance"] = _importance(judged, test)
    # What was judged is the way of fitting; browsers get what is fitted in that way to all sessions.
    learn, newest = (examples_of(part) for part in split_for_refit(sessions))
    times = sessions[0].started_at, max(session.last_at for session in sessions)
    return FittedIntent(None, origin, metrics, _fitted(classes, learn, newest), *times), held_out


def _measured(sessions: Sequence[StoredSession]) -> int:
    return sum(any(fact.vector for fact in session.facts) for session in sessions)


def _classes(*parts: Examples) -> list[str]:
    """Those that occur often enough in every part."""
    return [name for name in CLASSES if all(part.sessions_with(name) >= SESSIONS_OF_A_CLASS for part in parts)]


def _fitted(classes: Sequence[str], train: Examples, calibrate: Examples) -> Softmax:
    return Softmax.fit(classes, (train.vectors, train.labels(classes)), (calibrate.vectors, calibrate.labels(classes)))


def _importance(model: Softmax, test: Examples) -> dict[str, Any]:
    def loss(vectors: Matrix, labels: np.ndarray) -> float:
        return float(model.losses(vectors, labels).mean())

    names = [field.name for field in FIELDS.fields]
    groups = grouped([(field.name, field.meaning) for field in FIELDS.fields], ())
    return importance_of(loss, names, test.vectors, test.labels(model.classes), test.of_session, groups)


def _judge(classes: Sequence[str], model: Softmax, learned: np.ndarray, test: Examples) -> dict[str, Any]:
    """Figures of held-out examples, of the model in whole numbers as it is published: of all classes, and of each."""
    from sklearn.metrics import log_loss, roc_auc_score

    labels, probabilities = test.labels(classes), model.probabilities(test.vectors)
    rates = np.bincount(learned, minlength=len(classes)) / len(learned)
    places = range(len(classes))
    of_class = {}
    for place, name in enumerate(classes):
        true = (labels == place).astype(np.float64)
        of_class[name] = {
            "share": float(true.mean()),
            "auc": float(roc_auc_score(true, probabilities[:, place])) if 0 < true.mean() < 1 else None,
            "ece": calibration_error(calibration(true, probabilities[:, place])),
        }
    return {
        "log_loss": float(log_loss(labels, probabilities, labels=places)),
        "log_loss_baseline": float(log_loss(labels, np.tile(rates, (len(labels), 1)), labels=places)),
        "classes": of_class,
    }
