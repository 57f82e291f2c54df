"""Recommendations, held to the contract: a score is whether an item is given, and how early."""

import numpy as np

from gooddata.intelligence.recommend.index import Index
from gooddata.intelligence.recommend.judge import prefixes
from gooddata.intelligence.recommend.ranking import PREFIXES_NEEDED, Ranking
from gooddata.intelligence.recommend.recommender import Recommender
from tests.unit.intelligence.tasks.case import Case

ITEMS = [f"item-{number}" for number in range(40)]


def sessions(count, seed=1):
    """Whoever looks at an item goes on to the next one or two mostly, and now and then anywhere."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        at = int(rng.integers(len(ITEMS)))
        session = [ITEMS[at]]
        for _ in range(int(rng.integers(1, 6))):
            at = int(rng.integers(len(ITEMS))) if rng.random() < 0.2 else (at + int(rng.integers(1, 3))) % len(ITEMS)
            session.append(ITEMS[at])
        made.append(session)
    return made


def score(recommender, asked):
    """(questions, items): 1 for the first item given, less for each one after it, 0 where it is not given."""
    if recommender.ranking is None:
        return np.full((len(asked), len(ITEMS)), np.nan)
    given = [recommender.next_items(session, 10) for session in asked]
    return np.array([[1 - items.index(item) / 10 if item in items else 0.0 for item in ITEMS] for items in given])


def moments(learnt, go_on):
    """What is known after one and two items of sessions, which end with the third or go on."""
    index = Index()
    index.add_sessions(learnt)
    asked = [session for session in sessions(200, seed=2) if len(session) > 3]
    told = prefixes([session if go_on else session[:3] for session in asked], Recommender(index, None))
    return [known for _, known, _ in told if len(known) < 3]


def load(blob):
    learnt = Recommender.learn(sessions(1_500))
    return Recommender(learnt.index, Ranking.loads(blob))


CASES = [
    Case(
        name="recommendations",
        enough=lambda: sessions(1_500),
        few=lambda: sessions(PREFIXES_NEEDED // 10),
        fit=Recommender.learn,
        dumps=lambda recommender: recommender.ranking.dumps(),
        load=load,
        ask=lambda learnt: [session[:2] for session in sessions(60, seed=2)],
        score=score,
        abstains=lambda recommender: "too few sessions to learn an order from" if recommender.ranking is None else None,
        missing=lambda asked: [[] for _ in asked],
        unseen=lambda asked: [["of no session", *session] for session in asked],
        earlier=lambda learnt: moments(learnt, go_on=False),
        later=lambda learnt: moments(learnt, go_on=True),
    )
]
