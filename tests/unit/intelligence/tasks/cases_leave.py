"""Whether a visitor leaves, held to the contract."""

from dataclasses import replace

import numpy as np

from gooddata.intelligence.scoring.propensity import Propensity
from gooddata.intelligence.scoring.tasks import LEAVES_BY_PAGE, LEAVES_SOON
from gooddata.intelligence.sessions.features import NAMES
from gooddata.intelligence.sessions.history import FIRST_VISIT
from gooddata.intelligence.training.examples import StoredSession, examples_of
from gooddata.intelligence.training.fit import fit
from tests.unit.intelligence.given import HOUR, START, VISITOR, a_fact
from tests.unit.intelligence.tasks.case import Case

FIRST = 3


def sessions(count, seed=1):
    """Visits of which those that begin slowly are the longest."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(count):
        at = start = START + number * HOUR
        facts, pace = [], int(rng.integers(2, 40))
        for place in range(1 + int(rng.poisson(pace / 5))):
            kind = "page" if place % 2 == 0 else "track"
            facts.append(a_fact(at, kind, path=f"/{place}" if kind == "page" else None, session_id=VISITOR))
            at += pace * 1_000 + int(rng.integers(0, 5_000))
        made.append(StoredSession(start, facts[-1].at, False, False, FIRST_VISIT, facts))
    return made


def score(learnt, asked):
    if learnt.estimator is None:
        return np.full(len(asked), np.nan)
    model = Propensity.loads(learnt.estimator)
    return model.predict(asked[:, [NAMES.index(name) for name in model.names]])


def questions(learn):
    return examples_of(learn[:80]).matrix


def missing(asked):
    return np.where(np.arange(asked.shape[1]) % 2 == 0, np.nan, asked)


def after_first(learn, go_on):
    """What is known after each of the first events of sessions, which end there or go on."""
    chosen = [session for session in learn if len(session.facts) > FIRST][:40]
    if not go_on:
        chosen = [
            StoredSession(s.started_at, s.facts[FIRST - 1].at, False, False, s.history, s.facts[:FIRST]) for s in chosen
        ]
    examples = examples_of(chosen)
    place = np.concatenate([np.arange(count) for count in np.bincount(examples.of_session)])
    return examples.matrix[place < FIRST]


_SOON = Case(
    name=LEAVES_SOON.name,
    enough=lambda: sessions(400),
    few=lambda: sessions(50),
    fit=lambda learn: fit(learn, LEAVES_SOON),
    dumps=lambda learnt: learnt.estimator,
    load=lambda blob: Kept(blob),
    ask=questions,
    score=score,
    abstains=lambda learnt: learnt.reason,
    missing=missing,
    unseen=lambda asked: asked * 1e6 - 1e5,
    earlier=lambda learn: after_first(learn, go_on=False),
    later=lambda learn: after_first(learn, go_on=True),
)


class Kept:
    """A kept model, as `score` asks it."""

    def __init__(self, blob):
        self.estimator = blob


CASES = [_SOON, replace(_SOON, name=LEAVES_BY_PAGE.name, fit=lambda learn: fit(learn, LEAVES_BY_PAGE))]
