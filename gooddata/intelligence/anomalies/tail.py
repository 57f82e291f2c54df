"""How unlikely a deviation is, by the tail of all that came before."""

import math
from bisect import insort

import msgspec

KEPT = 96
SHARE = 0.05
FEWEST = 8
WARMING = 50


class Tail(msgspec.Struct):
    """The greatest deviations so far, as logarithms in order, of `count` in all: their excesses over a threshold are
    taken as exponential, that is, the tail as a power law (Hill 1975)."""

    count: int = 0
    greatest: list[float] = msgspec.field(default_factory=list)

    def surprise(self, deviation: float) -> float:
        """-log10 of the probability of a deviation (>= 0) at least that great; 0 within the usual. Counts it, too."""
        height = math.log1p(deviation)
        found = self._beyond(height)
        self.count += 1
        if len(self.greatest) < KEPT:
            insort(self.greatest, height)
        elif height > self.greatest[0]:
            del self.greatest[0]
            insort(self.greatest, height)
        return found

    def _beyond(self, height: float) -> float:
        if self.count <= WARMING:
            return 0.0
        used = min(len(self.greatest), max(FEWEST, int(SHARE * self.count)))
        threshold = self.greatest[-used]
        if height <= threshold:
            return 0.0
        excess = max(sum(self.greatest[-used:]) / used - threshold, 1e-3 + 0.01 * threshold)
        return (math.log(self.count / used) + (height - threshold) / excess) / math.log(10)
