"""Return and churn, held to the contract."""

import msgspec
import numpy as np

from gooddata.intelligence.moments import DAY_MS
from gooddata.intelligence.returns.tasks import TASKS, Fitted, asked_about, fit, predict
from gooddata.intelligence.returns.visits import matrix
from gooddata.intelligence.scoring.propensity import Propensity
from tests.unit.intelligence.returns.given import NOW, everybody
from tests.unit.intelligence.tasks.case import Case

ASKED = everybody(200, seed=7)
LATER = 200 * DAY_MS


def rows(task, visitors):
    return matrix([known for _, known in asked_about(visitors, task, NOW)], NOW)


def score(fitted, asked):
    return np.full(len(asked), np.nan) if fitted.model is None else predict(fitted.model, asked)


def spoilt(value):
    def spoil(asked):
        changed = asked.copy()
        changed[:, ::2] = value
        return changed

    return spoil


def case(task):
    return Case(
        name=task.name,
        enough=lambda: everybody(700),
        few=lambda: everybody(60),
        fit=lambda visitors: fit(visitors, task, NOW),
        dumps=lambda fitted: fitted.model.dumps(),
        load=lambda blob: Fitted(None, {}, Propensity.loads(blob)),
        ask=lambda _: rows(task, ASKED),
        score=score,
        abstains=lambda fitted: fitted.reason,
        missing=spoilt(np.nan),
        unseen=spoilt(1e30),
        earlier=lambda _: rows(task, ASKED),
        later=lambda _: rows(task, [with_more(each) for each in ASKED]),
    )


def with_more(visitor):
    """The same visitor, who came again after the moment."""
    again = [
        msgspec.structs.replace(each, started_at=each.started_at + LATER, last_at=each.last_at + LATER)
        for each in visitor.visits
        if each.started_at + LATER > NOW
    ]
    return type(visitor)(visitor.visitor, [*visitor.visits, *again])


CASES = [case(task) for task in TASKS]
