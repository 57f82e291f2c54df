"""The recommender of a project: fed click by click, asked for what comes next."""

from collections.abc import Sequence
from typing import Self

import numpy as np

from gooddata.intelligence.recommend.candidates import Matrix, Trend, candidates
from gooddata.intelligence.recommend.index import Index, Items
from gooddata.intelligence.recommend.ranking import Ranking, Values

# Until there is a ranking model: what the neighbours say, then what followed.
_NEIGHBOURS, _FOLLOWS = 0, 4


class Recommender:
    """An index of sessions and, once learnt, how to order what it finds."""

    def __init__(self, index: Index, ranking: Ranking | None) -> None:
        self.index = index
        self.ranking = ranking
        self._trend = Trend(index)

    @classmethod
    def learn(cls, sessions: Sequence[Sequence[str]]) -> Self:
        """From sessions of items, the oldest first."""
        index = Index()
        index.add_sessions(sessions)
        return cls(index, Ranking.learn(sessions))

    def refresh(self) -> None:
        """Takes note of what is trending now."""
        self._trend = Trend(self.index)

    def next_items(self, session: Sequence[str], count: int = 20) -> list[str]:
        """What likely comes next in a session of items, the oldest first, the likeliest first.

        With no item that was ever seen before, what is trending.
        """
        known = self.index.numbers(session)
        items, _ = self.ranked(known) if known else (self._trend.items, None)
        return [self.index.names[item] for item in items[:count].tolist()]

    def candidates(self, known: Sequence[int]) -> tuple[Items, Matrix]:
        """What may come after known items (numbers; at least one), and the FEATURES of each."""
        return candidates(self.index, self._trend, known)

    def ranked(self, known: Sequence[int]) -> tuple[Items, Values]:
        """All candidates after known items (numbers; at least one), and what orders them, the likeliest first."""
        items, features = self.candidates(known)
        if self.ranking is None:
            values = features[:, _NEIGHBOURS] + features[:, _FOLLOWS]
        else:
            values = self.ranking.order(features)
        order = np.argsort(-values, kind="stable")
        return items[order], values[order]
