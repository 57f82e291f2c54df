"""Which model of intent browsers get from now on: the one in use, or the one just fitted."""

from collections.abc import Sequence

import numpy as np

from gooddata.intelligence.champions import Champion, Decision, in_use, observes_people
from gooddata.intelligence.comparison import NEEDED, OF_EACH_NEEDED, Losses, by_losses
from gooddata.intelligence.facts.vectors import FIELDS
from gooddata.intelligence.training.intent.fit import FittedIntent, HeldOut
from gooddata.intelligence.training.intent.labels import CLASSES, Examples
from gooddata.intelligence.training.intent.softmax import Softmax


def decide(champion: Champion | None, fitted: FittedIntent, held_out: HeldOut | None) -> Decision:
    """As of the tasks of sessions; where the two do not tell the same classes apart, by those that both do, and one
    that tells more apart need only be no worse."""
    known = in_use(champion, Softmax.loads)
    if isinstance(known, Decision):
        return known
    champion, model = known
    number = champion.version
    if champion.features and list(champion.features) != [field.name for field in FIELDS.fields]:
        return Decision(True, f"version {number} reads another vector")
    abstains = f"it abstains ({fitted.reason}), and version {number} stays" if fitted.softmax is None else None
    if held_out is None:
        return Decision(False, abstains or f"there is nothing to compare it with version {number} by")
    both = [name for name in CLASSES if name in model.classes and name in held_out.judged.classes]
    if len(both) < 2:
        return Decision(not abstains, abstains or f"what version {number} tells apart occurs too seldom by now")
    observes = None if abstains else observes_people(champion, fitted.trained_on)
    losses = _losses(champion, model, held_out, both)
    if isinstance(losses, str):
        return Decision(observes is not None, observes or abstains or losses)
    more = [name for name in held_out.judged.classes if name not in both]
    tells_more = f"it tells {' and '.join(more)} apart, too, which version {number} does not" if more else None
    if set(model.classes) - set(both):
        tells_more = None
    return by_losses(champion, losses, abstains, observes or (None if abstains else tells_more))


def _losses(champion: Champion, model: Softmax, held_out: HeldOut, classes: Sequence[str]) -> Losses | str:
    """Of both on the same sessions, which neither has seen; or why there is no comparison."""
    until = champion.learned_until or 0
    late = np.array([session.started_at > until for session in held_out.sessions], dtype=bool)
    examples = held_out.examples
    chosen = late[examples.of_session] if len(examples.of_session) else np.zeros(0, dtype=bool)
    unseen = Examples(examples.vectors[chosen], examples.truths[chosen], examples.of_session[chosen])
    labels = unseen.labels(classes)
    sessions = len(np.unique(unseen.of_session))
    of_class = [len(np.unique(unseen.of_session[labels == place])) for place in range(len(classes))]
    if sessions < NEEDED or min(of_class) < OF_EACH_NEEDED:
        seldom = ", ".join(f"{count:,} with {name}" for name, count in zip(classes, of_class, strict=True))
        return (
            f"too few sessions with vectors began since version {champion.version} learned: {sessions:,}, {seldom}; "
            f"comparing takes {NEEDED}, and {OF_EACH_NEEDED} with each"
        )
    learned = np.bincount(held_out.learned.labels(classes), minlength=len(classes))
    rates = learned / learned.sum()
    return Losses(
        champion=model.losses(unseen.vectors, labels, classes),
        challenger=held_out.judged.losses(unseen.vectors, labels, classes),
        baseline=-np.log(np.maximum(rates, 1e-9))[labels],
        of_whom=unseen.of_session,
    )
