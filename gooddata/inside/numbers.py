"""What is counted where work is done: plain numbers, so that counting costs next to nothing."""

from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterable

import msgspec

# Seconds, from what a process does in memory to what a person gives up on.
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Histogram:
    """How many values there were up to each of `bounds`, and above the last; and their sum."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: tuple[float, ...] = SECONDS) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def add(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def buckets(self) -> list[tuple[str, float]]:
        """Upper bounds as texts, each with how many values were not above it; the last one's count is all."""
        below = 0
        found: list[tuple[str, float]] = []
        for bound, count in zip((*map(str, self.bounds), "+Inf"), self.counts, strict=True):
            below += count
            found.append((bound, below))
        return found


class Sample(msgspec.Struct, frozen=True):
    """A metric's value now; `labels` in the order in which the catalogue names them."""

    name: str
    value: float | Histogram
    labels: tuple[str, ...] = ()


# What a part of a process has counted, or asks for when it is wanted.
Source = Callable[[], Iterable[Sample] | Awaitable[Iterable[Sample]]]


class Tally:
    """Counts by labels, of which there are at most `most`: what comes past that is counted as `other`, so that nobody
    outside can make this process remember, or tell, ever more."""

    __slots__ = ("_most", "counts")

    def __init__(self, most: int = 500) -> None:
        self.counts: dict[tuple[str, ...], int] = {}
        self._most = most

    def add(self, labels: tuple[str, ...], by: int = 1) -> None:
        known = self.counts.get(labels)
        if known is None and len(self.counts) >= self._most:
            labels = ("other",) * len(labels)
            known = self.counts.get(labels)
        self.counts[labels] = (known or 0) + by

    def samples(self, name: str) -> list[Sample]:
        return [Sample(name, count, labels) for labels, count in self.counts.items()]
