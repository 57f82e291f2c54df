"""Which model of who comes back is used from now on: the one in use, or the one just fitted."""

import numpy as np

from gooddata.intelligence.champions import Champion, Decision, in_use, observes_people
from gooddata.intelligence.comparison import NEEDED, OF_EACH_NEEDED, Losses, by_losses, is_enough, log_losses, of_each
from gooddata.intelligence.moments import DAY_MS
from gooddata.intelligence.returns.tasks import Fitted, HeldOut, Task, predict
from gooddata.intelligence.scoring.propensity import Propensity


def decide(
    champion: Champion | None, task: Task, fitted: Fitted, held_out: HeldOut | None, trained_on: str
) -> Decision:
    """As of the tasks of sessions, on the visitors of the newest window, which is all after what the champion has
    learned from: what came of its visitors was not known to either."""
    known = in_use(champion, Propensity.loads)
    if isinstance(known, Decision):
        return known
    champion, model = known
    number = champion.version
    abstains = f"it abstains ({fitted.reason}), and version {number} stays" if fitted.model is None else None
    if held_out is None:
        return Decision(False, abstains or f"there is nothing to compare it with version {number} by")
    if (early := (champion.learned_until or 0) - held_out.since) > 0:
        left = f"{early / DAY_MS:.1f} days"
        knows = f"version {number} knows of part of the newest {task.days} days: it is compared in {left}"
        return Decision(False, abstains or knows)
    examples = held_out.examples
    counts = of_each(examples.labels, examples.of_visitor)
    if not is_enough(counts):
        return Decision(
            False,
            abstains
            or f"too few visitors to compare it with version {number} by: {counts[0]:,}, {counts[1]:,} of whom "
            f"{task.outcome}; it takes {NEEDED}, and {OF_EACH_NEEDED} of either",
        )
    losses = Losses(
        champion=log_losses(examples.labels, predict(model, examples.matrix)),
        challenger=log_losses(examples.labels, held_out.probabilities),
        baseline=log_losses(examples.labels, np.full(len(examples.labels), held_out.base_rate)),
        of_whom=examples.of_visitor,
        who="visitors",
        came_true=counts[1],
    )
    return by_losses(champion, losses, abstains, None if abstains else observes_people(champion, trained_on))
