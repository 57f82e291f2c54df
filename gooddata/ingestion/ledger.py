"""What a flush adds to the ledger: received = stored + duplicate + rejected + dropped, by project and hour."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import msgspec

from gooddata.eventlog.batch import LedgerKey, Rejection
from gooddata.ingestion import limits
from gooddata.ingestion.arrival import Arrival
from gooddata.ingestion.check import Refused


class Outcome(msgspec.Struct, frozen=True):
    """What became of an arrival's events that may be stored; those in the spool are decided when it drains."""

    stored: int = 0
    duplicate: int = 0
    spooled: int = 0
    erased: int = 0


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
    return [_kept(arrival, refused) for arrival in arrivals if arrival.keep_refused for refused in arrival.refused]


def _kept(arrival: Arrival, refused: Refused) -> Rejection:
    bound = limits.REJECTION_BYTES
    context = arrival.context and arrival.context[:bound]
    event_id = refused.id and _storable(refused.id)
    return Rejection(arrival.project, event_id, refused.field, refused.reason, refused.raw[:bound], context)


def _storable(event_id: str) -> str:
    """What a refused event calls itself, so that it can be found: also an id that is refused because no text column can
    hold it, or because it is too long."""
    return event_id[: limits.TEXT_CHARACTERS].replace("\0", "\ufffd").encode(errors="replace").decode()
