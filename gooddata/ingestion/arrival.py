"""One request on its way to the log: its judged events, with the numbers by which they are told apart."""

from collections.abc import Sequence

import msgspec

from gooddata.event import visitor_hash
from gooddata.ingestion.check import Refused
from gooddata.ingestion.fingerprints import id_bytes
from gooddata.ingestion.judge import Events
from gooddata.ingestion.request import split_events

_REMEMBERED_VISITORS = 100_000

_encode = msgspec.json.Encoder().encode


class Arrival(msgspec.Struct):
    """What a request brings to the log. `received_at` is in epoch milliseconds; `context` is what its events share."""

    project: str
    received_at: int
    context: bytes | None
    events: Events | None
    refused: list[Refused] = []
    dropped: dict[str, int] = {}

    def __len__(self) -> int:
        """How many events may be stored."""
        return len(self.events.ids) if self.events else 0

    @property
    def bytes(self) -> int:
        """Of JSON that it holds in memory."""
        return (len(self.events.json) if self.events else 0) + sum(len(refused.raw) for refused in self.refused)


class Identified(msgspec.Struct):
    """An arrival that has events, and the numbers that tell them apart.

    `ids` holds 16 bytes an event; `derived` the ids of events whose own is no UUID, or None; `visitors` a hash for each
    event, or a single one where all are of one visitor.
    """

    arrival: Arrival
    events: Events
    ids: bytes
    derived: list[str | None] | None
    visitors: list[int]

    def group(self) -> bytes:
        """All its events as a group, see gooddata/event.py for the form."""
        return self._group(self.events.times, self.derived, self.events.json)

    def group_of(self, places: Sequence[int], raw_events: Sequence[bytes]) -> bytes:
        """The events at some places as a group; `raw_events` are all of them."""
        times = self.events.times
        derived = self.derived and [self.derived[place] for place in places]
        return self._group(
            [times[place] for place in places], derived, b",".join([raw_events[place] for place in places])
        )

    def raw_events(self) -> list[bytes]:
        return split_events(self.events.json)

    def _group(self, times: list[int], derived: list[str | None] | None, events: bytes) -> bytes:
        arrival = self.arrival
        context = b',"context":%b' % arrival.context if arrival.context else b""
        ids = b',"ids":%b' % _encode(derived) if derived and any(derived) else b""
        head = b'{"project":%b,"received_at":%d%b' % (_encode(arrival.project), arrival.received_at, context)
        return b'%b,"times":%b%b,"events":[%b]}' % (head, _encode(times), ids, events)


class VisitorHashes:
    """Remembers the hashes of the visitors seen lately, since most come again within minutes."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], int] = {}

    def of(self, project: str, visitors: Sequence[str]) -> list[int]:
        """A hash for each visitor, or a single one where all are the same."""
        first = visitors[0]
        if len(visitors) == 1 or visitors.count(first) == len(visitors):
            return [self._hash(project, first)]
        return [self._hash(project, visitor) for visitor in visitors]

    def _hash(self, project: str, visitor: str) -> int:
        known = self._known.get((project, visitor))
        if known is None:
            if len(self._known) >= _REMEMBERED_VISITORS:
                self._known.clear()
            known = self._known[project, visitor] = visitor_hash(project, visitor)
        return known


def identify(arrival: Arrival, hashes: VisitorHashes) -> Identified | None:
    """None for an arrival without events."""
    if arrival.events is None:
        return None
    ids, derived = id_bytes(arrival.project, arrival.events.ids)
    visitors = hashes.of(arrival.project, arrival.events.visitors)
    return Identified(arrival, arrival.events, ids, derived, visitors)
