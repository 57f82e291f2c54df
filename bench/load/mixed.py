"""Requests of mixed sizes, prepared once: a request that is sent takes a copy with its own number in the ids.

Sizes are what senders of one site mix: many single events and small posts of browsers, some of servers. Of every
template it is known what a right answer says: how many of its events are new, how many come twice, how many must be
refused.
"""

import random
from collections.abc import Sequence

import msgspec

from bench.load.requests import ID, MOMENT, SESSION, VISITOR, engine_event

# Events in a request, and how many of a thousand requests have so many.
MIX = {1: 600, 5: 280, 20: 100, 100: 18, 500: 2}
TEMPLATES = 8  # of each size; more would not be in the processor's caches, as what is sent by strangers is not
VISITORS_OF_A_SERVER = 5  # so many events a visitor has in a request of 100 or 500
BROWSERS = 5_000  # that send at a time; every 20 requests one of them leaves and another one comes
REQUESTS_OF_A_BROWSER = 20
REQUESTS_OF_A_SERVERS_VISITORS = 2_000

_NUMBER = b"@number@"
_WHO = b"@theirs@"
_SEED = 20_261_123
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Template(msgspec.Struct, frozen=True):
    """A whole request with marks in it. `size` events are in it: `good` different ones that are to be stored, `twice`
    that are in it a second time, and `bad` that must be refused."""

    pieces: tuple[bytes, bytes]
    size: int
    good: int
    twice: int
    bad: int

    def written(self, number: int, who: int, moment: int) -> bytes:
        """The request with this number, of a visitor, at a moment (epoch ms)."""
        head, body = self.pieces
        body = body.replace(_NUMBER, b"%08x" % number).replace(_WHO, b"%08x" % who)
        return head + body.replace(MOMENT.encode(), b"%d" % moment)


def event_id(number: int, place: int) -> str:
    """The id of the event at a place of the request with a number."""
    return f"{number:08x}-0000-7000-8000-{place:012x}"


def templates(host: str, key: str) -> list[Template]:
    """Of every size the same number, one size after another; the same ones at every call."""
    chance = random.Random(_SEED)
    return [_template(size, turn, host, key, chance) for size in MIX for turn in range(TEMPLATES)]


class Chosen:
    """Draws what is sent next: a template's place, and whose events they are."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._sizes: Sequence[int] = range(len(MIX))
        self._weights = list(MIX.values())

    def some(self, count: int) -> list[int]:
        """Places of templates for the next requests."""
        sizes = self._chance.choices(self._sizes, self._weights, k=count)
        return [size * TEMPLATES + self._chance.randrange(TEMPLATES) for size in sizes]


def who(number: int, template: Template) -> int:
    """Whose events a request has: the same for the same number. Visitors come, stay for a while, and go."""
    # Neighbouring numbers are spread, as Knuth multiplies for hashing.
    spread = number * 2_654_435_761 & 0xFFFFFFFF
    if template.size >= 100:
        return 0x80000000 + number // REQUESTS_OF_A_SERVERS_VISITORS + spread % 8
    return number // REQUESTS_OF_A_BROWSER + spread % BROWSERS


def _template(size: int, turn: int, host: str, key: str, chance: random.Random) -> Template:
    number, theirs = _NUMBER.decode(), _WHO.decode()
    events: list[bytes] = []
    # In one of eight templates of five and more events the last one comes twice, in another one is of no known type.
    twice, bad = int(size > 1 and turn == 0), int(size > 1 and turn == 1)
    for place in range(size - twice):
        visitor = place // VISITORS_OF_A_SERVER + 1 if size >= 100 else 0
        event = engine_event(chance)
        event = event.replace(ID.encode(), f"{number}-0000-7000-8000-{place:012x}".encode())
        event = event.replace(VISITOR.encode(), f"{theirs}-0000-4000-8000-{visitor:012x}".encode())
        events.append(event.replace(SESSION.encode(), f"{theirs}-0000-4000-9000-{visitor:012x}".encode()))
    if bad:
        events[0] = events[0].replace(b'"type":"track"', b'"type":"trick"').replace(b'"type":"page"', b'"type":"trick"')
    events += events[-1:] * twice
    body = b'{"writeKey":"%b","sentAt":%b,"batch":[%b]}' % (key.encode(), MOMENT.encode(), b",".join(events))
    # What is written over the marks has their length, but for the moment's, which has 13 digits until the year 2286.
    head = (
        f"POST /v1/batch HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {_BROWSER}\r\nContent-Type: text/plain\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return Template((head.encode(), body), size, size - twice - bad, twice, bad)
