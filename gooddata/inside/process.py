"""What every process opens first and closes last: its metrics, at an address of their own if one is set, and traces."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from gooddata.config import Settings, wanted_traces
from gooddata.inside import logs
from gooddata.inside.listener import SOCKET, listening
from gooddata.inside.metrics import Metrics
from gooddata.inside.traces import Traces, open_traces

FLUSH_SECONDS = 3.0  # for the spans that wait, when a process ends


class Inside(msgspec.Struct, frozen=True):
    """`token` opens metrics over HTTP; None where there is none, and then nobody sees them there."""

    metrics: Metrics
    traces: Traces | None
    token: str | None


@asynccontextmanager
async def inside_of(settings: Settings, process: str, *, tells: bool = False) -> AsyncIterator[Inside]:
    """Of a process, by the name of its command; with `tells`, of one that answers `/metrics` at its own port, too.

    Raises ConfigurationError when the address is taken, or traces are asked for and cannot be made.
    """
    traces = open_traces(process, wanted_traces())
    metrics = Metrics(process, [settings.metrics_of] if settings.metrics_of else [])
    metrics.add("log", logs.samples)
    address = settings.metrics_listen
    needs_token = tells or (address is not None and not address.startswith(SOCKET))
    token = settings.known_metrics_token() if needs_token else None
    try:
        async with listening(address, metrics, token):
            yield Inside(metrics, traces, token)
    finally:
        if traces is not None:
            await _closed(traces)


async def _closed(traces: Traces) -> None:
    # In a thread that nobody waits for longer than this: a collector that is away must not hold up an ending process.
    done = asyncio.Event()
    loop = asyncio.get_running_loop()

    def close() -> None:
        traces.close()
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(done.set)

    threading.Thread(target=close, daemon=True).start()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(done.wait(), FLUSH_SECONDS)
