"""Settles when an event happened: corrected for a sender's wrong clock, never in the future, not too long ago."""

from datetime import datetime
from typing import Any

import msgspec

from gooddata.ingestion.check import Accepted, Refused, milliseconds

DAY = 86_400_000


def clock_error(sent_at: Any, received_at: int) -> int:
    """Milliseconds to add to a sender's timestamps, given its own time of sending; 0 where that is missing or unusable.

    Source: received - (sent - original), as Segment and Snowplow correct it.
    """
    try:
        if isinstance(sent_at, str):
            return received_at - milliseconds(msgspec.convert(sent_at, datetime))
        if isinstance(sent_at, int | float) and not isinstance(sent_at, bool):
            return received_at - int(sent_at)
    except (msgspec.ValidationError, ValueError, OverflowError):
        return 0
    return 0


def settle(event: Accepted, received_at: int, correction: int, late_days: int | None) -> Accepted | Refused:
    """The event with its time settled; refused when it is older than `late_days` (None: any age is taken)."""
    if event.timestamp is None:
        event.timestamp = received_at
        return event
    event.timestamp = min(event.timestamp + correction, received_at)
    if late_days is not None and event.timestamp < received_at - late_days * DAY:
        message = f"the event is older than {late_days} days; old events are taken from an import only"
        return Refused(event.id, "timestamp", "too_old", message, event.raw)
    return event
