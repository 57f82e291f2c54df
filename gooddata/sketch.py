"""How many different visitors: sets that merge, and are of 16 kB at most however many visitors they are of.

A theta sketch keeps the 2,048 least hashes of a set. Up to so many visitors it is exact; beyond, the standard error is
2.2%. Its bytes are a function of the set alone: in whatever order visitors come, and however sketches of parts of them
are merged, the same set gives the same sketch. docs/decisions/unique-visitors.md says why this one.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import datasketches
import numpy

LG_K = 11
EXACT_UP_TO = 1 << LG_K

# Visitors are told apart by the first eight bytes of their pseudonyms, which are keyed hashes themselves.
HEAD_BYTES = 8

_COARSEST = 5


def heads(visitors: bytes) -> Iterator[int]:
    """Visitors, each given as the head of its pseudonym, one after another, as the numbers that sketches take."""
    return iter(numpy.frombuffer(visitors, "<i8").tolist())


class Visitors:
    """A set of visitors that grows by visitors and by sketches."""

    def __init__(self, lg_k: int = LG_K) -> None:
        self._lg_k = lg_k
        self._own: Any = None
        self._union: Any = None

    def add(self, visitors: Iterable[int]) -> None:
        """Takes visitors in, by their `heads`."""
        if self._own is None:
            self._own = datasketches.update_theta_sketch(self._lg_k)
        update = self._own.update
        for head in visitors:
            update(head)

    def add_sketch(self, sketch: bytes) -> None:
        self._merge(datasketches.compact_theta_sketch.deserialize(sketch))

    def count(self) -> int:
        return round(self._result().get_estimate())

    def sketch(self) -> bytes:
        stored: bytes = self._result().serialize()
        return stored

    def _merge(self, sketch: Any) -> None:
        if self._union is None:
            self._union = datasketches.theta_union(self._lg_k)
        self._union.update(sketch)

    def _result(self) -> Any:
        own = datasketches.update_theta_sketch(self._lg_k) if self._own is None else self._own
        if self._union is None:
            own.trim()
            return own.compact(True)
        if self._own is not None:
            self._union.update(own)
        return self._union.get_result(True)


def count_of(sketch: bytes) -> int:
    return round(datasketches.compact_theta_sketch.deserialize(sketch).get_estimate())


def mark_of(visitor: bytes) -> bytes:
    """The eight bytes by which sketches hold a visitor, given by the head of its pseudonym."""
    alone = datasketches.update_theta_sketch(LG_K)
    alone.update(next(heads(visitor)))
    return int(next(iter(alone.compact(True)))).to_bytes(8, "little")


def without(sketch: bytes, visitors: bytes) -> bytes | None:
    """The sketch of the same set without `visitors` (heads, one after another); None when nobody is left.

    Where the sketch is not exact, this is not the very one that the set without them would have; but nothing of theirs
    is in it.
    """
    gone = datasketches.update_theta_sketch(LG_K)
    for head in heads(visitors):
        gone.update(head)
    hashes = set(gone.compact(True))
    left = datasketches.theta_a_not_b().compute(
        datasketches.compact_theta_sketch.deserialize(sketch), gone.compact(True), True
    )
    lg_k = LG_K
    # The bound below which hashes are kept is the hash of the first who is not: a coarser sketch has another one.
    while left.theta64 in hashes and lg_k > _COARSEST:
        lg_k -= 1
        coarser = datasketches.theta_union(lg_k)
        coarser.update(left)
        left = coarser.get_result(True)
    if left.num_retained == 0:
        return None
    stored: bytes = left.serialize()
    return stored
