"""Where the time of an event goes: the same requests through ingestion's own steps, one after another, in this process.

Each step is timed over a whole flush, so its figure holds the step alone, with its data in the processor's cache; what
the server spends on HTTP, on its event loop, on talking to PostgreSQL and on cold caches is the rest of its time.
"""

import gc
import itertools
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.load.requests import ID, ISO_MOMENT, MOMENT, SESSION, VISITOR, Input, write_requests
from gooddata.ingestion.arrival import Arrival, Packer
from gooddata.ingestion.identities import Identities
from gooddata.ingestion.judge import judge
from gooddata.ingestion.ledger import Outcome, counted
from gooddata.ingestion.merge import in_columns, merged
from gooddata.ingestion.request import open_request
from gooddata.ingestion.settle import Clock
from gooddata.ingestion.usual import decode_usual

FLUSHES = 60
FLUSH_EVENTS = 2_000

STEPS = ("decoding", "validation", "deduplication", "encoding")


def steps(shape: Input, folder: Path) -> dict[str, float]:
    """Microseconds of CPU an event, by step.

    Decoding holds the checks that the decoder's types make; validation is what remains of opening and judging.
    """
    requests = filled_bodies(shape, folder)
    spent = dict.fromkeys((*STEPS, "opening"), 0.0)
    gc.disable()  # the server collects so rarely that it does not show
    identities, packer = Identities(timedelta(hours=24)), Packer()
    events = 0

    @contextmanager
    def timed(step: str) -> Iterator[None]:
        started = time.process_time()
        yield
        spent[step] += time.process_time() - started

    for _ in range(FLUSHES):
        bodies = [next(requests) for _ in range(max(FLUSH_EVENTS // shape.events, 1))]
        texts = [b"[%b]" % open_request(body, "/v1/batch", None).json for body in bodies]
        now, moment = time.time_ns() // 1_000_000, datetime.now(UTC)
        with timed("decoding"):
            for text in texts:
                decode_usual(text)
        with timed("opening"):
            opened = [open_request(body, "/v1/batch", None) for body in bodies]
        with timed("validation"):
            judged = [judge(one, Clock.of(now, one.sent_at, 30)) for one in opened]
        del opened
        with timed("deduplication"):
            packed = [packer.pack("bench", one.events) for one in judged if one.events]
        arrivals = [Arrival("bench", now, None, one) for one in packed]
        with timed("deduplication"):
            columns = in_columns(packed, 4)
            new = columns.first_of_each() & ~identities.known(columns.fingerprints)
            identities.learn(columns.fingerprints[new], moment)
        with timed("encoding"):
            merged(arrivals, columns, new)
            counted([(arrival, Outcome(arrival.count)) for arrival in arrivals], moment)
        if not new.all():
            raise RuntimeError("the ids were not fresh")
        events += len(new)
    gc.enable()
    spent["validation"] += spent.pop("opening") - spent["decoding"]
    return {step: spent[step] / events * 1e6 for step in STEPS}


def filled_bodies(shape: Input, folder: Path) -> Iterator[bytes]:
    """The bodies of the requests that are sent to the servers, with fresh ids, visitors and times, again and again."""
    path = folder / "requests"
    write_requests(shape, "127.0.0.1", "gw_bench", path)
    content, bodies, at = path.read_bytes(), [], 0
    while at < len(content):
        length, _, _ = content[at : at + 20].partition(b"\n")
        start = at + len(length) + 1
        at = start + int(length)
        bodies.append(content[start:at].partition(b"\r\n\r\n")[2])
    return map(_filled, itertools.cycle(bodies))


def _filled(body: bytes) -> bytes:
    """A body with fresh ids, a fresh visitor and the present time in place of its marks."""
    now = datetime.now(UTC)
    iso = f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z".encode()
    moment = b"%d" % (now.timestamp() * 1000)
    visitor, session = (str(uuid.uuid4()).encode() for _ in range(2))
    for mark, text in ((ISO_MOMENT, iso), (MOMENT, moment), (VISITOR, visitor), (SESSION, session)):
        body = body.replace(mark.encode(), text)
    first, *parts = body.split(ID.encode())
    return first + b"".join(str(uuid.uuid4()).encode() + part for part in parts)
