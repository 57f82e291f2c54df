"""Which model is used from now on: the one in use, or the one just fitted."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from gooddata.errors import InputError
from gooddata.intelligence.scoring.propensity import Propensity, Vector
from gooddata.intelligence.sessions.features import NAMES
from gooddata.intelligence.training.fit import Fitted, HeldOut, columns_of
from gooddata.intelligence.training.judge import RESAMPLES

# Below these there is no comparison: so many sessions that neither has seen; in so many it came true, or did not.
SESSIONS_TO_COMPARE = 50
OUTCOMES_TO_COMPARE = 10
_SEED = 20_130


class Champion(msgspec.Struct, frozen=True):
    """The version in use, as stored. `learned_until` (epoch ms) is when the last event happened that it learned from;
    `erased` says that somebody whom it may have learned from has been erased since."""

    version: int
    reason: str | None
    trained_on: str
    features: Sequence[str]
    learned_until: int | None
    erased: bool
    estimator: bytes | None


class Decision(msgspec.Struct, frozen=True):
    """Whether the new model takes the place of the one in use, why, and by which figures, if they were compared."""

    promote: bool
    because: str
    compared: dict[str, Any] | None = None


def decide(champion: Champion | None, fitted: Fitted, held_out: HeldOut | None) -> Decision:
    """The champion stays unless there is a reason to replace it; `fitted` is the challenger, `held_out` what it was
    judged by: its fit to older sessions alone answers for it."""
    if (reason := must_go(champion)) is not None:
        return Decision(True, reason)
    assert champion is not None and champion.estimator is not None
    number = champion.version
    try:
        model = Propensity.loads(champion.estimator)
    except InputError as failure:
        return Decision(True, f"version {number} cannot be read: {failure}")
    if gone := sorted(set(model.names) - set(NAMES)):
        return Decision(True, f"version {number} uses features that are no more: {', '.join(gone)}")
    abstains = f"it abstains ({fitted.reason}), and version {number} stays" if fitted.estimator is None else None
    if held_out is None:
        return Decision(False, abstains or f"there is nothing to compare it with version {number} by")
    compared = _compare(champion, model, held_out)
    observes = champion.trained_on != "observed" and fitted.trained_on == "observed" and not abstains
    if compared is None:
        if observes:
            return Decision(True, f"version {number} learned from simulated sessions, this one from people's alone")
        return Decision(False, abstains or _too_few(champion, held_out))
    return _by_figures(number, compared, abstains, observes)


def must_go(champion: Champion | None) -> str | None:
    """Why the model in use is replaced whatever takes its place, or None."""
    if champion is None:
        return "it is the first"
    if champion.erased:
        return f"version {champion.version} had learned from somebody who has been erased since"
    if champion.estimator is None:
        return f"version {champion.version} abstained"
    return None


def _by_figures(number: int, compared: dict[str, Any], abstains: str | None, observes: bool) -> Decision:
    low, high = compared["interval"]
    old, new, base = (compared[f"log_loss_{name}"] for name in ("champion", "challenger", "baseline"))
    on = f"on {compared['sessions']:,} sessions that neither had seen"
    difference = f"log loss {new:.4f} against {old:.4f}, better by {low:.4f} to {high:.4f} with 95% confidence"
    if old >= base:
        worthless = f"{on} version {number} is no better than the base rate (log loss {old:.4f} against {base:.4f})"
        return Decision(True, worthless + (", and this one has no skill either" if abstains else ""), compared)
    if abstains:
        return Decision(False, abstains, compared)
    if low > 0:
        return Decision(True, f"{on} it is better than version {number} beyond noise: {difference}", compared)
    if observes and high >= 0:
        why = f"version {number} learned from simulated sessions, this one from people's alone, and {on} is no worse"
        return Decision(True, f"{why}: {difference}", compared)
    if high < 0:
        return Decision(False, f"{on} it is worse than version {number} beyond noise: {difference}", compared)
    return Decision(False, f"{on} it is not better than version {number} beyond noise: {difference}", compared)


def _unseen(champion: Champion, held_out: HeldOut) -> HeldOut:
    """Of the held-out sessions those that began after all that the champion has learned from."""
    examples = held_out.examples
    until = champion.learned_until or 0
    late = np.array([session.started_at > until for session in examples.sessions], dtype=bool)
    chosen = late[examples.of_session] if len(examples.of_session) else np.zeros(0, dtype=bool)
    return msgspec.structs.replace(
        held_out,
        examples=examples.some(chosen),
        probabilities=held_out.probabilities[chosen],
        served=None,
        learned=None,
    )


def _sessions(held_out: HeldOut) -> tuple[int, int, int]:
    """How many sessions there are, in how many it came true after a moment, and in how many it did not."""
    examples = held_out.examples
    false = len(np.unique(examples.of_session[examples.labels == 0]))
    return len(np.unique(examples.of_session)), examples.came_true(), false


def _too_few(champion: Champion, held_out: HeldOut) -> str:
    sessions, true, false = _sessions(_unseen(champion, held_out))
    return (
        f"too few sessions began since version {champion.version} learned: {sessions:,}, and it came true in {true:,} "
        f"and not in {false:,}; comparing takes {SESSIONS_TO_COMPARE}, and {OUTCOMES_TO_COMPARE} of either"
    )


def _compare(champion: Champion, model: Propensity, held_out: HeldOut) -> dict[str, Any] | None:
    """Both on the same sessions, which neither has seen; None where these are too few."""
    unseen = _unseen(champion, held_out)
    sessions, true, false = _sessions(unseen)
    if sessions < SESSIONS_TO_COMPARE or min(true, false) < OUTCOMES_TO_COMPARE:
        return None
    examples = unseen.examples
    of_champion = _losses(examples.labels, model.predict(columns_of(examples.matrix, model)))
    of_challenger = _losses(examples.labels, unseen.probabilities)
    baseline = _losses(examples.labels, np.full(len(examples.labels), unseen.base_rate))
    low, high = paired_interval(of_champion - of_challenger, examples.of_session)
    return {
        "champion": champion.version,
        "sessions": sessions,
        "came_true": true,
        "examples": len(examples.labels),
        "log_loss_champion": float(of_champion.mean()),
        "log_loss_challenger": float(of_challenger.mean()),
        "log_loss_baseline": float(baseline.mean()),
        "interval": [low, high],
    }


def _losses(labels: Vector, probabilities: Vector) -> Vector:
    losses: Vector = -np.log(np.where(labels == 1, probabilities, 1 - probabilities))
    return losses


def paired_interval(differences: Vector, of_session: np.ndarray, resamples: int = RESAMPLES) -> tuple[float, float]:
    """The 95% interval of the mean of differences (n,), by drawing whole sessions again (the bootstrap: Efron 1979)."""
    rng = np.random.default_rng(_SEED)
    _, session = np.unique(of_session, return_inverse=True)
    sums, counts = np.bincount(session, weights=differences), np.bincount(session)
    means = []
    for _ in range(resamples):
        drawn = rng.integers(0, len(counts), len(counts))
        means.append(sums[drawn].sum() / counts[drawn].sum())
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)
