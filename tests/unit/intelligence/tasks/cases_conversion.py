"""Conversion in this session, as it is trained and as it scores."""

import random

import msgspec
import numpy as np

from gooddata.intelligence.scoring.propensity import Propensity
from gooddata.intelligence.sessions.features import NAMES
from gooddata.intelligence.sessions.history import FIRST_VISIT
from gooddata.intelligence.training.examples import StoredSession, examples_of
from gooddata.intelligence.training.fit import Fitted, fit
from tests.unit.intelligence.given import HOUR, START, VISITOR, a_fact
from tests.unit.intelligence.tasks.case import Case


def _visits(number):
    rng = random.Random(number)
    made = []
    for n in range(number):
        at = START + n * HOUR
        converts = rng.random() < 0.3
        facts = [a_fact(at + k * 1_000, "page", path=f"/{k}") for k in range(rng.randrange(2, 6))]
        if converts:
            facts.append(a_fact(at + 10_000, name="Product Added", value=9.0))
            facts.append(a_fact(at + 20_000, name="Order Completed", goal=True))
        for fact in facts:
            fact.session_id = VISITOR
        made.append(StoredSession(at, facts[-1].at, converts, False, FIRST_VISIT, facts))
    return made


def _after(events, sessions, go_on=False):
    """Features after so many events, of sessions that end there or, with `go_on`, of those that go on."""
    if not go_on:
        sessions = [msgspec.structs.replace(session, facts=session.facts[:events]) for session in sessions]
    examples = examples_of(sessions)
    places = [np.flatnonzero(examples.of_session == number)[:events][-1] for number in range(len(sessions))]
    return examples.matrix[places]


def _score(fitted, asked):
    if fitted.estimator is None:
        return np.full(len(asked), np.nan)
    return Propensity.loads(fitted.estimator).predict(asked[:, [NAMES.index(name) for name in fitted.features]])


CASES = [
    Case(
        name="conversion",
        enough=lambda: _visits(300),
        few=lambda: _visits(50),
        fit=fit,
        dumps=lambda fitted: msgspec.msgpack.encode(fitted),
        load=lambda kept: msgspec.msgpack.decode(kept, type=Fitted),
        ask=lambda sessions: _after(6, sessions),
        score=_score,
        abstains=lambda fitted: fitted.reason,
        missing=lambda asked: np.full_like(asked, np.nan),
        unseen=lambda asked: asked * 1e9 + 1e12,
        earlier=lambda sessions: _after(2, sessions),
        later=lambda sessions: _after(2, sessions, go_on=True),
    )
]
