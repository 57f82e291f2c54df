"""Numbers that follow a series: means that forget, and ranges that remember."""

import msgspec


class Mean(msgspec.Struct):
    """The plain mean of the first 1 / `rate` values, then one that forgets (exponential weights)."""

    rate: float
    count: int = 0
    value: float = 0.0

    def add(self, value: float) -> None:
        self.count += 1
        self.value += max(self.rate, 1 / self.count) * (value - self.value)


class Range(msgspec.Struct):
    """The least and the greatest value ever seen."""

    low: float | None = None
    high: float | None = None

    def beyond(self, value: float) -> float:
        """How far outside the range the value is, 0 within and for the first; the range then has it, too."""
        if self.low is None or self.high is None:
            self.low = self.high = value
            return 0.0
        found = max(value - self.high, self.low - value, 0.0)
        self.low, self.high = min(self.low, value), max(self.high, value)
        return found

    @property
    def span(self) -> float:
        return 0.0 if self.low is None or self.high is None else self.high - self.low
