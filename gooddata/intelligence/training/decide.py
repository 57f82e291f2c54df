"""Which model of a task of sessions is used from now on: the one in use, or the one just fitted."""

import msgspec
import numpy as np

from gooddata.intelligence.champions import Champion, Decision, in_use, observes_people
from gooddata.intelligence.comparison import NEEDED, OF_EACH_NEEDED, Losses, by_losses, is_enough, log_losses, of_each
from gooddata.intelligence.scoring.propensity import Propensity
from gooddata.intelligence.sessions.features import NAMES
from gooddata.intelligence.training.fit import Fitted, HeldOut, columns_of


def decide(champion: Champion | None, fitted: Fitted, held_out: HeldOut | None) -> Decision:
    """The champion stays unless there is a reason to replace it; `fitted` is the challenger, `held_out` what it was
    judged by: its fit to older sessions alone answers for it."""
    known = in_use(champion, Propensity.loads)
    if isinstance(known, Decision):
        return known
    champion, model = known
    number = champion.version
    if gone := sorted(set(model.names) - set(NAMES)):
        return Decision(True, f"version {number} uses features that are no more: {', '.join(gone)}")
    abstains = f"it abstains ({fitted.reason}), and version {number} stays" if fitted.estimator is None else None
    if held_out is None:
        return Decision(False, abstains or f"there is nothing to compare it with version {number} by")
    losses = _losses(champion, model, held_out)
    observes = None if abstains else observes_people(champion, fitted.trained_on)
    if losses is None:
        if observes:
            return Decision(True, observes)
        return Decision(False, abstains or _too_few(champion, held_out))
    return by_losses(champion, losses, abstains, observes)


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


def _too_few(champion: Champion, held_out: HeldOut) -> str:
    examples = _unseen(champion, held_out).examples
    sessions, true, false = of_each(examples.labels, examples.of_session)
    return (
        f"too few sessions began since version {champion.version} learned: {sessions:,}, and it came true in {true:,} "
        f"and not in {false:,}; comparing takes {NEEDED}, and {OF_EACH_NEEDED} of either"
    )


def _losses(champion: Champion, model: Propensity, held_out: HeldOut) -> Losses | None:
    """Of both on the same sessions, which neither has seen; None where these are too few."""
    unseen = _unseen(champion, held_out)
    examples = unseen.examples
    counts = of_each(examples.labels, examples.of_session)
    if not is_enough(counts):
        return None
    return Losses(
        champion=log_losses(examples.labels, model.predict(columns_of(examples.matrix, model))),
        challenger=log_losses(examples.labels, unseen.probabilities),
        baseline=log_losses(examples.labels, np.full(len(examples.labels), unseen.base_rate)),
        of_whom=examples.of_session,
        came_true=counts[1],
    )
