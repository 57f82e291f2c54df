"""Settles when events happened: corrected for a sender's wrong clock, never in the future, not too long ago."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from gooddata.ingestion.check import milliseconds

DAY = 86_400_000
_WHOLE = {int}


class Clock(msgspec.Struct, frozen=True):
    """By what a request's timestamps are settled; in epoch milliseconds. `correction` is added to each, and none may
    lie before `earliest`, if there is one."""

    received_at: int
    correction: int
    earliest: int | None

    @classmethod
    def of(cls, received_at: int, sent_at: Any, late_days: int | None) -> "Clock":
        """The clock of a request; `late_days` is None where any age is taken, and no clock corrected."""
        if late_days is None:
            return cls(received_at, 0, None)
        return cls(received_at, clock_error(sent_at, received_at), received_at - late_days * DAY)

    def settle(self, moments: Sequence[datetime | int | float | None]) -> list[int]:
        """The moments in epoch milliseconds; a missing one becomes the time of arrival."""
        received_at, correction = self.received_at, self.correction
        settled: list[int]
        if set(map(type, moments)) == _WHOLE:
            settled = [at + correction for at in moments]  # type: ignore[misc, operator]
        else:
            settled = [received_at if at is None else milliseconds(at) + correction for at in moments]
        return settled if max(settled) <= received_at else [min(at, received_at) for at in settled]

    def is_too_old(self, settled: int) -> bool:
        return self.earliest is not None and settled < self.earliest


def clock_error(sent_at: Any, received_at: int) -> int:
    """Milliseconds to add to a sender's timestamps, given its own time of sending; 0 where that is missing or unusable.

    Source: received - (sent - original), as Segment and Snowplow correct it.
    """
    try:
        if isinstance(sent_at, datetime):
            return received_at - milliseconds(sent_at)
        if isinstance(sent_at, str):
            return received_at - milliseconds(msgspec.convert(sent_at, datetime))
        if isinstance(sent_at, int | float) and not isinstance(sent_at, bool):
            return received_at - int(sent_at)
    except (msgspec.ValidationError, ValueError, OverflowError):
        return 0
    return 0
