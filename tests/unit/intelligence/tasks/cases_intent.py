"""What a visitor is about to do, out of the engine's vector, held to the contract: the probability of each class."""

import random

import msgspec
import numpy as np

from gooddata.intelligence.facts.vectors import FIELDS
from gooddata.intelligence.sessions.history import FIRST_VISIT
from gooddata.intelligence.training.examples import StoredSession
from gooddata.intelligence.training.intent.fit import FittedIntent, fit_intent
from gooddata.intelligence.training.intent.labels import CLASSES, examples_of
from gooddata.intelligence.training.intent.softmax import Softmax
from tests.unit.intelligence.given import HOUR, START, VISITOR, a_fact
from tests.unit.intelligence.tasks.case import Case


def visits(number, start=START, telling=True):
    """Half order later on, whose pointers (the first fields) have moved far, where vectors are `telling`; the others
    go."""
    rng = random.Random(f"{number} {telling}")
    made = []
    for n in range(number):
        at, orders = start + n * HOUR, rng.random() < 0.5
        weight = 400.0 if orders or not telling else 20.0
        facts = [
            a_fact(at + k * 20_000, name="$click", vector=_vector(rng, weight), vector_version=FIELDS.version)
            for k in range(rng.randrange(3, 6))
        ]
        if orders:
            facts.append(a_fact(facts[-1].at + 40_000, name="Order Completed", goal=True))
        for fact in facts:
            fact.session_id = VISITOR
        made.append(StoredSession(at, facts[-1].at, orders, False, FIRST_VISIT, facts))
    return made


def _vector(rng, weight):
    return [round(rng.expovariate(1 / weight), 1) for _ in range(4)] + [
        round(rng.expovariate(0.1), 1) for _ in FIELDS.fields[4:]
    ]


def _first(sessions, go_on=False):
    """The first two vectors of sessions, which end there or go on."""
    told = sessions if go_on else [msgspec.structs.replace(each, facts=each.facts[:2]) for each in sessions]
    examples = examples_of(told)
    places = [np.flatnonzero(examples.of_session == number)[:2] for number in range(len(told))]
    return examples.vectors[np.concatenate(places)]


def _score(fitted, vectors):
    if fitted.softmax is None:
        return np.full((len(vectors), len(CLASSES)), np.nan)
    return fitted.softmax.probabilities(vectors)


CASES = [
    Case(
        name="intent",
        enough=lambda: visits(260),
        few=lambda: visits(50),
        fit=fit_intent,
        dumps=lambda fitted: fitted.softmax.dumps(),
        load=lambda kept: FittedIntent(None, "observed", {}, Softmax.loads(kept)),
        ask=lambda sessions: examples_of(sessions).vectors,
        score=_score,
        abstains=lambda fitted: fitted.reason,
        missing=lambda vectors: np.full_like(vectors, np.nan),
        unseen=lambda vectors: vectors * 1e9 + 1e12,
        earlier=_first,
        later=lambda sessions: _first(sessions, go_on=True),
    )
]
