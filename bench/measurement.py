"""Measures one contender on one input: at its peak, at half of that, and, where asked, one event at a time."""

import tempfile
from pathlib import Path

import msgspec

from bench.contenders import Contender
from bench.interval import Meter, Spent, spent
from bench.load.requests import INPUTS, Input, Written, write_requests
from bench.load.wrk import Sent, send

WARM_UP_SECONDS = 2.0
HALF_CONNECTIONS = 256  # so many that a random arrival finds one of them free, also after a pause of the machine
LONE_SECONDS = 7.0  # at least a hundred requests, where each takes at most 20 ms
LONE_EVERY_MS = 50


class Measured(msgspec.Struct, frozen=True):
    """One contender on one input, once."""

    peak: Sent
    spent: Spent
    half: Sent
    offered_events_per_second: float
    lone: Sent | None


async def measure(running: Contender, shape: Input, requests: Written, seconds: float, *, lone: bool) -> Measured:
    """Each stretch of sending takes `seconds`. Raises GoodDataError unless what was acknowledged was stored, once."""
    async with Meter.of(running) as meter:
        # The checkpoint comes before the warm-up: the whole pages that follow in the WAL on first touch are rare in a
        # long run, and would weigh too much in a short one.
        await meter.checkpoint()
        warm_up = min(WARM_UP_SECONDS, seconds)
        send(shape, requests, running.url, seconds=warm_up, connections=shape.connections)
        before = await meter.before()
        peak = send(shape, requests, running.url, seconds=seconds, connections=shape.connections)
        after = await meter.after()
        await meter.require_stored(before, peak.events)
        rate = peak.requests / peak.seconds / 2
        half = send(shape, requests, running.url, seconds=seconds, pace=str(rate), connections=HALF_CONNECTIONS)
        alone = _send_lone(running) if lone else None
        await meter.require_stored(before, peak.events + half.events + (alone.events if alone else 0))
    return Measured(peak, spent(before, after, peak.seconds), half, rate * shape.events, alone)


def _send_lone(running: Contender) -> Sent:
    single = INPUTS["1"]
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as folder:
        requests = write_requests(single, running.host, running.key, Path(folder) / "requests")
        pace = f"every-{LONE_EVERY_MS}"
        return send(single, requests, running.url, seconds=LONE_SECONDS, pace=pace, connections=1)
