"""Moments as files write them, in epoch milliseconds."""

from datetime import UTC, datetime
from typing import Any

from gooddata.replay.row import LATEST


def epoch_milliseconds(said: Any) -> int | None:
    """Of ISO 8601 text or epoch milliseconds; None for anything else. A time without a zone is UTC."""
    if isinstance(said, str):
        try:
            moment = datetime.fromisoformat(said)
            zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            said = zoned.timestamp() * 1_000
        except (ValueError, OverflowError):
            return None
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said <= LATEST:
        return None
    return round(said)
