"""How much a session is like a program's: an isolation forest (Liu, Ting and Zhou 2008) over how far it is beyond what
is usual among people, and plain rules. No labels are learned from.

Who is surely somebody tells what is usual: sessions with signs of somebody at a screen, where the project's events have
any; else those whose pages came with pictures and styles, as browsers fetch them; else all, without those that stand
out by what is usual among all.
"""

from collections.abc import Sequence
from typing import Any, Self

import msgspec
import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from gooddata.errors import InputError
from gooddata.intelligence import kept_model
from gooddata.intelligence.automated.behaviour import NAMES, behaviour
from gooddata.intelligence.automated.conduct import Conduct, Watched, conduct
from gooddata.intelligence.automated.reasons import Reason, reasons
from gooddata.intelligence.automated.rules import broken
from gooddata.intelligence.automated.usual import Matrix, Usual, shown_by

SESSIONS_NEEDED = 200
LIKELY = 0.6  # from here on a session is likely a program's
_PEOPLE_NEEDED = 50
_TREES, _DRAWN = 100, 256  # as in the paper
_OF_FOREST = 0.25  # the most that being rare alone can give
_TOGETHER, _FAR = 3, 12.0  # the farthest so many features together give all there is at this distance
_SEED = 20_130


class Found(msgspec.Struct):
    """`score` is 0 to 1, `reasons` the weightiest first."""

    score: float
    reasons: list[Reason]

    @property
    def likely(self) -> bool:
        return self.score >= LIKELY


class Detector:
    """What is usual, and the forest; `middle` and `rare` are how isolated half and 99 of 100 people are at most."""

    def __init__(self, usual: Usual, forest: Any, middle: float, rare: float) -> None:
        self.usual = usual
        self._forest = forest
        self._middle, self._rare = middle, rare
        self.shown = frozenset(usual.shown)

    @classmethod
    def fit(cls, sessions: Sequence[Watched]) -> Self:
        """Learns from sessions of which enough are there (see `abstains`); the same ones give the same detector.

        Those that declare themselves are left out.
        """
        told = [conduct(each) for each in sessions if not each.declared]
        shown = shown_by(told)
        free = [each for each in told if not broken(each, shown)]
        sure = [each for each in free if is_surely_somebody(each, shown)]
        if len(sure) >= _PEOPLE_NEEDED and shown:
            return cls._of(_rows(sure), shown)
        rows = _rows(free if len(free) >= _PEOPLE_NEEDED else told)
        kept = rows[cls._of(rows, shown)._behaviour_scores(rows) < LIKELY]
        return cls._of(kept if len(kept) >= _PEOPLE_NEEDED else rows, shown)

    @classmethod
    def _of(cls, rows: Matrix, shown: frozenset[str]) -> Self:
        from sklearn.ensemble import IsolationForest

        usual = Usual.of(rows, shown)
        far = usual.beyond(rows)
        with threadpool_limits(1):
            forest = IsolationForest(n_estimators=_TREES, max_samples=min(_DRAWN, len(far)), random_state=_SEED)
            isolation = -forest.fit(far).score_samples(far)
        middle, rare = np.quantile(isolation, [0.5, 0.99])
        return cls(usual, forest, float(middle), float(max(rare, middle + 1e-6)))

    def look(self, sessions: Sequence[Watched]) -> list[Found]:
        """What there is to say of each session, by what it has done so far."""
        if not sessions:
            return []
        told = [conduct(each) for each in sessions]
        rows = _rows(told)
        far = self.usual.beyond(rows)
        found = []
        for own, row, beyond, score in zip(told, rows, far, self.scores(told), strict=True):
            held = broken(own, self.shown)
            found.append(Found(round(float(score), 4), reasons(row, beyond, held, self.usual)))
        return found

    def scores(self, told: Sequence[Conduct], without: str | None = None) -> Matrix:
        """(n,) of 0 to 1: of behaviour and rules together; as if the feature, or "rule " and the rule, of the name
        `without` were as usual."""
        strengths = [
            max((rule.strength for rule, _ in broken(each, self.shown) if f"rule {rule.name}" != without), default=0.0)
            for each in told
        ]
        return 1.0 - (1.0 - self._behaviour_scores(_rows(told), without)) * (1.0 - np.array(strengths))

    def behaviour_scores(self, told: Sequence[Conduct]) -> Matrix:
        """(n,) of 0 to 1, without the rules."""
        return self._behaviour_scores(_rows(told))

    def _behaviour_scores(self, rows: Matrix, without: str | None = None) -> Matrix:
        far = self.usual.beyond(rows)
        if without in NAMES:
            far[:, NAMES.index(without)] = 0.0
        with threadpool_limits(1):
            isolation = -self._forest.score_samples(far)
        rare = np.clip((isolation - self._middle) / (self._rare - self._middle), 0.0, 1.0)
        farthest = np.sort(far, axis=1)[:, -_TOGETHER:].sum(axis=1)
        scores: Matrix = 1.0 - (1.0 - _OF_FOREST * rare) * (1.0 - np.clip(farthest / _FAR, 0.0, 1.0))
        return scores

    def dumps(self) -> bytes:
        """The detector as a skops file."""
        state = {
            "names": list(NAMES),
            "usual": msgspec.to_builtins(self.usual),
            "forest": self._forest,
            "middle": self._middle,
            "rare": self._rare,
        }
        return kept_model.dumps(state)

    @classmethod
    def loads(cls, blob: bytes) -> Self:
        """Raises InputError when `blob` is no such file, of other features, or holds types it has no business to."""
        try:
            state = kept_model.loads(blob)
            if state["names"] != list(NAMES):
                raise InputError("the model is of other features")
            return cls(msgspec.convert(state["usual"], Usual), state["forest"], state["middle"], state["rare"])
        except kept_model.UNUSABLE as failure:
            raise InputError(f"the model cannot be read: {failure}") from failure


def abstains(sessions: int) -> str | None:
    """Why nothing is said where there are so many sessions that declare nothing; None where something is."""
    return (
        None
        if sessions >= SESSIONS_NEEDED
        else f"needs {SESSIONS_NEEDED} sessions of the last 28 days; there are {sessions}"
    )


def _rows(told: Sequence[Conduct]) -> Matrix:
    return np.array([behaviour(each) for each in told], dtype=np.float64).reshape(-1, len(NAMES))


def is_surely_somebody(told: Conduct, shown: frozenset[str]) -> bool:
    if "signs" in shown:
        return told.signs > 0
    return told.assets > 0 if "assets" in shown else True
