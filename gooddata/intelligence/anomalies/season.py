"""What is usual at an hour of the day and of the week (UTC), learnt as values come."""

import msgspec

from gooddata.intelligence.anomalies.running import Mean
from gooddata.intelligence.moments import HOUR_MS

DAY, WEEK = 24, 168
KNOWN = 5  # values after which an hour's mean says something


class Season(msgspec.Struct):
    """Means of each hour of the day and of the week, and how far values are from either, on average."""

    days: list[Mean] = msgspec.field(default_factory=lambda: [Mean(0.1) for _ in range(DAY)])
    weeks: list[Mean] = msgspec.field(default_factory=lambda: [Mean(0.25) for _ in range(WEEK)])
    off_days: Mean = msgspec.field(default_factory=lambda: Mean(1 / 300))
    off_weeks: Mean = msgspec.field(default_factory=lambda: Mean(1 / 300))

    def usual(self, at_ms: int) -> tuple[float, float] | None:
        """The usual value at that time and the mean distance from it, by whichever of day and week has been nearer;
        None before there is one."""
        day, week = self._at(at_ms)
        if day.count <= KNOWN:
            return None
        if week.count and self.off_weeks.count and self.off_weeks.value < self.off_days.value:
            return week.value, self.off_weeks.value
        return day.value, self.off_days.value

    def add(self, at_ms: int, value: float) -> None:
        day, week = self._at(at_ms)
        if day.count > KNOWN:
            self.off_days.add(abs(value - day.value))
        if week.count > KNOWN:
            self.off_weeks.add(abs(value - week.value))
        day.add(value)
        week.add(value)

    def _at(self, at_ms: int) -> tuple[Mean, Mean]:
        hour = at_ms // HOUR_MS
        return self.days[hour % DAY], self.weeks[hour % WEEK]
