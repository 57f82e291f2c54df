"""One request on its way to the log: its judged events, packed as they will be stored.

Packing is done while the request is at hand, and what it was decoded to goes at once: a flush of thousands of events
then touches a few numbers of each, and copies their text once.
"""

from collections.abc import Sequence

import msgspec

from gooddata.event import visitor_hash
from gooddata.ingestion.check import Refused
from gooddata.ingestion.fingerprints import id_bytes
from gooddata.ingestion.judge import Events
from gooddata.ingestion.request import split_events

_REMEMBERED_VISITORS = 100_000

_encode = msgspec.json.Encoder().encode
_decode_times = msgspec.json.Decoder(list[int]).decode


class Packed(msgspec.Struct):
    """Events of one request.

    `ids` holds 16 bytes an event; `derived` the ids of events whose own is no UUID, None for the others and where there
    is none; `visitors` a hash (see gooddata.event.visitor_hash) for each event, or a single one where all are of one
    visitor; `times` a JSON array of epoch milliseconds; `json` the events' own text, separated by commas.
    """

    count: int
    ids: bytes
    derived: list[str | None] | None
    visitors: list[int]
    times: bytes
    json: bytes

    def some(
        self, places: Sequence[int], raw_events: Sequence[bytes]
    ) -> "tuple[bytes, list[str | None] | None, bytes]":
        """Times, derived ids and text of the events at some places; `raw_events` are all of them."""
        times = self.moments()
        derived = self.derived and [self.derived[place] for place in places]
        text = b",".join([raw_events[place] for place in places])
        return _encode([times[place] for place in places]), derived, text

    def raw_events(self) -> list[bytes]:
        return split_events(self.json)

    def moments(self) -> list[int]:
        """When each event happened, in epoch milliseconds."""
        return _decode_times(self.times)

    def only(self, places: Sequence[int], raw_events: Sequence[bytes]) -> "Packed":
        """The events at some places, of which there is one at least; `raw_events` are all of them."""
        times, derived, text = self.some(places, raw_events)
        ids = b"".join([self.ids[16 * place : 16 * place + 16] for place in places])
        of_one = len(self.visitors) == 1
        visitors = self.visitors if of_one else [self.visitors[place] for place in places]
        return Packed(len(places), ids, derived, visitors, times, text)


class Arrival(msgspec.Struct):
    """What a request brings to the log. `received_at` is in epoch milliseconds; `context` is what its events share.

    With `keep_refused` off, what is refused of it is counted, and no copy of it kept. `trace` is the traceparent by
    which its trace goes on; most have none.
    """

    project: str
    received_at: int
    context: bytes | None = None
    events: Packed | None = None
    refused: list[Refused] = []
    dropped: dict[str, int] = {}
    keep_refused: bool = True
    trace: str | None = None

    @property
    def count(self) -> int:
        """How many events may be stored."""
        return self.events.count if self.events else 0

    @property
    def size(self) -> int:
        """Bytes of JSON that it holds in memory."""
        return (len(self.events.json) if self.events else 0) + sum(len(refused.raw) for refused in self.refused)

    def group(self, times: bytes, derived: list[str | None] | None, text: bytes) -> list[bytes]:
        """Events of it as a group, in pieces that are to be joined; see gooddata/event.py for the form."""
        head = b'{"project":%b,"received_at":%d' % (_encode(self.project), self.received_at)
        context = b',"context":%b' % self.context if self.context else b""
        trace = b',"trace":%b' % _encode(self.trace) if self.trace else b""
        ids = b',"ids":%b' % _encode(derived) if derived and any(derived) else b""
        return [head, context, trace, ids, b',"times":', times, b',"events":[', text, b"]}"]


class Packer:
    """Packs judged events. Remembers the hashes of visitors seen lately, since most come again within minutes."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], int] = {}

    def pack(self, project: str, events: Events) -> Packed:
        ids, derived = id_bytes(project, events.ids)
        visitors = self.hashes(project, events.visitors)
        return Packed(len(events.ids), ids, derived, visitors, _encode(events.times), events.json)

    def hashes(self, project: str, visitors: list[str]) -> list[int]:
        """See `Packed.visitors`."""
        first = visitors[0]
        if visitors.count(first) == len(visitors):
            return [self._hash(project, first)]
        return [self._hash(project, visitor) for visitor in visitors]

    def _hash(self, project: str, visitor: str) -> int:
        known = self._known.get((project, visitor))
        if known is None:
            if len(self._known) >= _REMEMBERED_VISITORS:
                self._known.clear()
            known = self._known[project, visitor] = visitor_hash(project, visitor)
        return known
