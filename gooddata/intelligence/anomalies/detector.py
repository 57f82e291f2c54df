"""A streaming detector of anomalies in one series of numbers.

Each value is seen from four sides, each a deviation >= 0 in units of what is usual: how far it is beyond all seen
before (novelty); the same of what is left of the last values when their hour of the day or week is taken away (season);
how rare its neighbourhood has been (rarity); the mean error of forecasts over a short window (as in Ahmad et al. 2017).
Each side has a tail of its own, which turns the deviation into a surprise; surprises are added as squares. After an
alarm only a greater surprise is one, less and less so.
"""

import math
import statistics
from typing import Any, Self

import msgspec

from gooddata.intelligence.anomalies.running import Mean, Range
from gooddata.intelligence.anomalies.season import Season
from gooddata.intelligence.anomalies.tail import WARMING, Tail

WEIGHTS = {"novelty": 1.0, "season": 1.0, "rarity": 0.45, "errors": 0.45}
RECENT, ERRORS, SEASONAL = 5, 8, 6  # values looked at by forecast, mean error, season
FORGET_ALARM = 0.99  # a value
BIN, BINS = 0.25, 400  # width of a neighbourhood in mean distances; the outermost takes all beyond
PRIOR = 100.0  # a deviation of the season taken as seen: its first days must not look like all there is
HALF = 2.0  # surprise that makes a score of one half
BOUNDS = 4.0  # mean distances on either side of the usual


class Detector(msgspec.Struct):
    """Its state is plain numbers: `state()` fits into JSON, some 15 kB, and `Detector.of` takes it back."""

    count: int = 0
    level: Mean = msgspec.field(default_factory=lambda: Mean(1 / 1_000))
    distance: Mean = msgspec.field(default_factory=lambda: Mean(1 / 1_000))
    error: Mean = msgspec.field(default_factory=lambda: Mean(1 / 500))
    season: Season = msgspec.field(default_factory=Season)
    seen: Range = msgspec.field(default_factory=Range)
    seen_season: Range = msgspec.field(default_factory=Range)
    recent: list[float] = msgspec.field(default_factory=list)
    errors: list[float] = msgspec.field(default_factory=list)
    left: list[float] = msgspec.field(default_factory=list)
    bins: dict[int, int] = msgspec.field(default_factory=dict)
    tails: dict[str, Tail] = msgspec.field(default_factory=lambda: _tails())
    alarm: float = 0.0

    def update(self, at_ms: int, value: float) -> float:
        """How anomalous the value at that time (epoch ms) is, given those before: 0 to 1. What is no number is 0 and
        leaves no trace."""
        if not math.isfinite(value):
            return 0.0
        deviations = self._deviations(at_ms, value)
        squares = (
            (weight * self.tails[name].surprise(deviations[name])) ** 2
            for name, weight in WEIGHTS.items()
            if name in deviations
        )
        surprise = math.sqrt(sum(squares))
        self.alarm *= FORGET_ALARM
        if surprise <= self.alarm:
            return 0.0
        self.alarm = surprise
        return surprise / (HALF + surprise)

    @property
    def warming(self) -> bool:
        """Whether it has seen too little to say anything."""
        return self.count <= WARMING

    def expected(self, at_ms: int) -> tuple[float, float]:
        """Between which bounds a value at that time is usual."""
        usual = self.season.usual(at_ms)
        middle, off = usual if usual is not None else (self.level.value, self.distance.value)
        return middle - BOUNDS * off, middle + BOUNDS * off

    def state(self) -> dict[str, Any]:
        """Everything it knows, for JSON."""
        found: dict[str, Any] = msgspec.to_builtins(self, str_keys=True)
        return found

    @classmethod
    def of(cls, state: dict[str, Any]) -> Self:
        """The detector that had that state."""
        return msgspec.convert(state, cls, strict=False)

    def _deviations(self, at_ms: int, value: float) -> dict[str, float]:
        self.count += 1
        if self.count == 1:
            self.recent.append(value)
            self.seen.beyond(value)
            return {}  # the second value's distance from nothing, its size, then stands for what is not known yet
        least = 1e-9 + 1e-6 * abs(self.level.value) + 1e-3 * self.seen.span
        usual = self.distance.value + least
        found = {
            "errors": self._errors(value, least),
            "novelty": self.seen.beyond(value) / usual,
            "season": self._season(at_ms, value, least),
            "rarity": self._rarity((value - self.level.value) / usual),
        }
        self.season.add(at_ms, value)
        self.distance.add(abs(value - self.level.value))
        self.level.add(value)
        return found

    def _errors(self, value: float, least: float) -> float:
        error = abs(value - statistics.median_high(self.recent))
        self.recent = [*self.recent, value][-RECENT:]
        self.error.add(error)
        self.errors = [*self.errors, error][-ERRORS:]
        return statistics.fmean(self.errors) / (self.error.value + least)

    def _season(self, at_ms: int, value: float, least: float) -> float:
        usual = self.season.usual(at_ms)
        if usual is None:
            return 0.0
        middle, off = usual
        self.left = [*self.left, value - middle][-SEASONAL:]
        return self.seen_season.beyond(statistics.fmean(self.left)) / (off + least)

    def _rarity(self, distance: float) -> float:
        place = int(max(-BINS, min(BINS, distance / BIN)))  # towards 0: the usual is one wide neighbourhood
        near = sum(self.bins.get(each, 0) for each in (place - 1, place, place + 1))
        self.bins[place] = self.bins.get(place, 0) + 1
        return (self.count + 3) / (near + 1)


def _tails() -> dict[str, Tail]:
    return {name: Tail(1, [math.log1p(PRIOR)]) if name == "season" else Tail() for name in WEIGHTS}
