"""Segments of one day, and how they follow from those of the day before."""

from collections.abc import Sequence
from typing import Any, Self

import msgspec
import numpy as np

from gooddata.errors import InputError
from gooddata.intelligence import kept_model
from gooddata.intelligence.segments.clusters import (
    Number,
    Places,
    Scale,
    chosen,
    middles,
    nearest,
    numbers,
)
from gooddata.intelligence.segments.names import Portrait, portraits
from gooddata.intelligence.segments.visits import NAMES, Matrix, compared

VISITORS_NEEDED = 300
NO_GROUPS = "visitors fall into no groups that another half of them would confirm"
APART_NEEDED, _STABLE_NEEDED = 0.1, 0.5
# A segment keeps its id where it shares so much of its visitors with yesterday's (Jaccard's index).
_SAME = 0.25
_SEED = 20_130


class Segment(msgspec.Struct):
    """`middle` is as features are compared; `since` (epoch ms) is when the id came up."""

    id: int
    middle: list[float]
    portrait: Portrait
    size: int
    since: int


class Segments(msgspec.Struct):
    """`next_id` has never been given."""

    scale: Scale
    segments: list[Segment]
    next_id: int
    number: Number

    def assign(self, rows: Matrix) -> Places:
        """Ids (n,) of the segments of visitors with features (n, len(NAMES)); NaN is a missing one."""
        ids = np.array([each.id for each in self.segments])
        return ids[self._nearest(rows)]

    def seen_anew(self, rows: Matrix) -> "Segments":
        """The same groups, and what they are like among visitors with features (n, len(NAMES)). One that nobody is in
        stays as it was, empty."""
        own = self.assign(rows)
        drawn = portraits(rows, own.tolist(), _former(self))
        segments = [
            msgspec.structs.replace(each, portrait=drawn.get(each.id, each.portrait), size=int((own == each.id).sum()))
            for each in self.segments
        ]
        return msgspec.structs.replace(self, segments=segments)

    def _nearest(self, rows: Matrix) -> Places:
        return nearest(self.scale.scaled(compared(rows)), self.scale.scaled(self.middles()))

    def middles(self) -> Matrix:
        return np.array([each.middle for each in self.segments])

    def dumps(self) -> bytes:
        """As a skops file."""
        state = msgspec.to_builtins(self) | {"names": list(NAMES)}
        return kept_model.dumps(state)

    @classmethod
    def loads(cls, blob: bytes) -> Self:
        """Raises InputError when `blob` is no such file, or of other features."""
        try:
            state = kept_model.loads(blob)
            if state.pop("names") != list(NAMES):
                raise InputError("the model is of other features")
            return msgspec.convert(state, cls)
        except kept_model.UNUSABLE as failure:
            raise InputError(f"the model cannot be read: {failure}") from failure


def fit(rows: Matrix, now: int, yesterday: Segments | None = None) -> Segments | str:
    """The segments of visitors with features (n, len(NAMES)), as of `now`; or why there are none.

    The same visitors in the same order after the same `yesterday` give the same.
    """
    if len(rows) < VISITORS_NEEDED:
        return f"needs {VISITORS_NEEDED} visitors in 28 days; there are {len(rows)}"
    return divide(rows, now, yesterday)


def divide(rows: Matrix, now: int, yesterday: Segments | None = None) -> Segments | str:
    """As `fit`, of however few."""
    rows = np.random.default_rng(_SEED).permutation(rows)
    scale = Scale.of(compared(rows))
    points = scale.scaled(compared(rows))
    start = scale.scaled(yesterday.middles()) if yesterday is not None else None
    holding = [
        each for each in numbers(points, start) if each.silhouette >= APART_NEEDED and each.stability >= _STABLE_NEEDED
    ]
    if not holding:
        return NO_GROUPS
    number = chosen(holding, len(yesterday.segments) if yesterday is not None else None)
    found = middles(points, number.groups, start)
    own = nearest(points, found)
    found, own = _without_empty(found, own)
    ids, next_id = _named_after(own, len(found), rows, yesterday)
    drawn = portraits(rows, [ids[place] for place in own], _former(yesterday))
    since = {each.id: each.since for each in yesterday.segments} if yesterday is not None else {}
    segments = [
        Segment(ids[place], middle, drawn[ids[place]], int((own == place).sum()), since.get(ids[place], now))
        for place, middle in enumerate(scale.unscaled(found).tolist())
    ]
    return Segments(scale, sorted(segments, key=lambda each: each.id), next_id, number)


def _without_empty(found: Matrix, own: Places) -> tuple[Matrix, Places]:
    used, places = np.unique(own, return_inverse=True)
    return found[used], places


def _former(yesterday: Segments | None) -> dict[int, Portrait]:
    return {each.id: each.portrait for each in yesterday.segments} if yesterday is not None else {}


def _named_after(own: Places, groups: int, rows: Matrix, yesterday: Segments | None) -> tuple[list[int], int]:
    """The ids of groups 0 to `groups` - 1, and the next that is free: of yesterday's segments those that share most
    visitors with them, by the best matching of all (Kuhn 1955)."""
    from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]

    if yesterday is None:
        return list(range(1, groups + 1)), groups + 1
    before = yesterday.assign(rows)
    former = [each.id for each in yesterday.segments]
    alike = np.array([[_jaccard(own == place, before == each) for each in former] for place in range(groups)])
    ids: Sequence[Any] = [None] * groups
    ids, next_id = list(ids), yesterday.next_id
    for place, matched in zip(*linear_sum_assignment(-alike), strict=True):
        if alike[place, matched] >= _SAME:
            ids[place] = former[matched]
    for place in range(groups):
        if ids[place] is None:
            ids[place], next_id = next_id, next_id + 1
    return ids, next_id


def _jaccard(one: np.ndarray, other: np.ndarray) -> float:
    either = (one | other).sum()
    return float((one & other).sum() / either) if either else 0.0
