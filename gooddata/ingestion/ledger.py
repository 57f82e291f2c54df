"""What a flush adds to the ledger: received = stored + duplicate + rejected + dropped, by project and hour."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import msgspec

from gooddata.eventlog.batch import LedgerKey, Rejection
from gooddata.ingestion import limits
from gooddata.ingestion.arrival import Arrival


class Outcome(msgspec.Struct, frozen=True):
    """What became of an arrival's events that may be stored; those in the spool are decided when it drains."""

    stored: int = 0
    duplicate: int = 0
    spooled: int = 0


def counted(outcomes: Iterable[tuple[Arrival, Outcome]], now: datetime) -> Counter[LedgerKey]:
    """The counts by (project, hour of `now`, outcome, reason); none is zero."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    ledger: Counter[LedgerKey] = Counter()
    for arrival, outcome in outcomes:
        if outcome.stored:
            ledger[arrival.project, hour, "stored", ""] += outcome.stored
        if outcome.duplicate:
            ledger[arrival.project, hour, "duplicate", ""] += outcome.duplicate
        for refused in arrival.refused:
            ledger[arrival.project, hour, "rejected", refused.reason] += 1
        for reason, events in arrival.dropped.items():
            ledger[arrival.project, hour, "dropped", reason] += events
    return ledger


def kept(arrivals: Iterable[Arrival]) -> list[Rejection]:
    """What is kept of refused events."""
    return [
        Rejection(arrival.project, refused.id, refused.field, refused.reason, refused.raw[: limits.REJECTION_BYTES])
        for arrival in arrivals
        for refused in arrival.refused
    ]
