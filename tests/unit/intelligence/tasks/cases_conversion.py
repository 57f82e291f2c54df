"""Conversion in this session, held to the contract."""

import numpy as np

from gooddata.intelligence.scoring.propensity import Propensity
from gooddata.intelligence.sessions.features import NAMES
from gooddata.intelligence.sessions.history import FIRST_VISIT
from gooddata.intelligence.training.examples import StoredSession, examples_of
from gooddata.intelligence.training.fit import fit
from tests.unit.intelligence.given import DAY, HOUR, MINUTE, START, SESSION_ID, a_fact
from tests.unit.intelligence.tasks.test_contract import Case


def sessions(count, seed=1):
    """Sessions that convert the likelier, the more products they have seen."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(count):
        start = START + number * HOUR
        seen = int(rng.integers(1, 12))
        bought = rng.random() < seen / 14
        facts = [
            a_fact(start + place * MINUTE, name="Product Viewed", product=str(place), session_id=SESSION_ID)
            for place in range(seen)
        ]
        if bought:
            facts.append(a_fact(start + seen * MINUTE, name="Order Completed", goal=True, session_id=SESSION_ID))
        made.append(StoredSession(start, facts[-1].at, bool(bought), False, FIRST_VISIT, facts))
    return made


def model(learnt):
    return Propensity.loads(learnt.estimator) if learnt.estimator is not None else None


def score(learnt, asked):
    predictor = model(learnt)
    if predictor is None:
        return np.full(len(asked), np.nan)
    return predictor.predict(asked[:, [NAMES.index(name) for name in predictor.names]])


def first_three(learn):
    cut = [StoredSession(s.started_at, s.last_at, s.converted, False, s.history, s.facts[:3]) for s in learn]
    return examples_of(cut).matrix


def of_whole_sessions(learn):
    """What was known after each of the first three events of sessions that go on."""
    examples = examples_of(learn)
    place = np.concatenate([np.arange(n) for n in np.unique(examples.of_session, return_counts=True)[1]])
    return examples.matrix[place < 3]
