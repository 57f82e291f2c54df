"""When people come to the shop: fewer at night, more on weekend evenings, and more and more in the last hour."""

from datetime import UTC, datetime
from random import Random

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_BY_HOUR = (3, 2, 1, 1, 1, 2, 4, 7, 9, 10, 11, 12, 12, 11, 10, 10, 11, 12, 14, 16, 17, 15, 10, 6)
_BY_WEEKDAY = (1.0, 0.95, 0.95, 1.0, 0.9, 1.1, 1.3)
_BUSIEST = max(_BY_HOUR) * max(_BY_WEEKDAY)
_LAST_HOUR = 0.3
"""Share of the visits that fall into the last hour, rising towards its end, where the live shoppers take over."""


def arrival_times(rng: Random, now: int, days: float, count: int) -> list[int]:
    """`count` times in epoch milliseconds, in order, in the `days` before `now`."""
    return sorted(_recently(rng, now) if rng.random() < _LAST_HOUR else _ever(rng, now, days) for _ in range(count))


def _recently(rng: Random, now: int) -> int:
    return now - _HOUR_MS + round(_HOUR_MS * rng.random() ** 0.5)


def _ever(rng: Random, now: int, days: float) -> int:
    """A time of day is kept as often as it is busy."""
    while True:
        at = now - round(rng.random() * days * _DAY_MS)
        clock = datetime.fromtimestamp(at / 1_000, UTC)
        if rng.random() * _BUSIEST < _BY_HOUR[clock.hour] * _BY_WEEKDAY[clock.weekday()]:
            return at
