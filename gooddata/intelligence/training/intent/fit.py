"""Fits and judges a project's model of intent, or says why there can be none."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from sklearn.metrics import log_loss, roc_auc_score

from gooddata.intelligence.training.examples import StoredSession
from gooddata.intelligence.training.intent.labels import CLASSES, Examples, examples_of
from gooddata.intelligence.training.intent.softmax import Softmax
from gooddata.intelligence.training.judge import calibration, calibration_error
from gooddata.intelligence.training.sample import trained_on
from gooddata.intelligence.training.split import split, split_for_refit

SESSIONS_NEEDED = 200
# Of a class, in each part that is learned from or judged by; one that has fewer is left out, and counts as the next.
SESSIONS_OF_A_CLASS = 10


class FittedIntent(msgspec.Struct, frozen=True):
    """A model, or with `softmax` None the reason why there is none; and what it was fitted and judged on."""

    reason: str | None
    trained_on: str
    metrics: dict[str, Any]
    softmax: Softmax | None = None


def fit_intent(sessions: Sequence[StoredSession]) -> FittedIntent:
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
        return FittedIntent(reason, origin, counts)
    parts = split(sessions)
    train, calibrate, test = (examples_of(part) for part in (parts.train, parts.calibrate, parts.test))
    classes = _classes(train, calibrate, test)
    if len(classes) < 2:
        return FittedIntent("all sessions go the same way: there is nothing to tell apart", origin, counts)
    judged = _fitted(classes, train, calibrate)
    metrics = counts | {"examples_train": len(train.vectors), "examples_test": len(test.vectors)}
    metrics |= _judge(classes, judged, train.labels(classes), test)
    if metrics["log_loss"] >= metrics["log_loss_baseline"]:
        reason = (
            f"its probabilities are no better than the base rates on sessions it had not seen: "
            f"log loss {metrics['log_loss']:.3f}, of the base rates {metrics['log_loss_baseline']:.3f}"
        )
        return FittedIntent(reason, origin, metrics)
    # What was judged is the way of fitting; browsers get what is fitted in that way to all sessions.
    learn, newest = (examples_of(part) for part in split_for_refit(sessions))
    return FittedIntent(None, origin, metrics, _fitted(classes, learn, newest))


def _measured(sessions: Sequence[StoredSession]) -> int:
    return sum(any(fact.vector for fact in session.facts) for session in sessions)


def _classes(*parts: Examples) -> list[str]:
    """Those that occur often enough in every part."""
    return [name for name in CLASSES if all(part.sessions_with(name) >= SESSIONS_OF_A_CLASS for part in parts)]


def _fitted(classes: Sequence[str], train: Examples, calibrate: Examples) -> Softmax:
    return Softmax.fit(classes, (train.vectors, train.labels(classes)), (calibrate.vectors, calibrate.labels(classes)))


def _judge(classes: Sequence[str], model: Softmax, learned: np.ndarray, test: Examples) -> dict[str, Any]:
    """Figures of held-out examples, of the model in whole numbers as it is published: of all classes, and of each."""
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
