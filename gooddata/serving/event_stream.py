"""Server-sent events: JSON messages as they come, and a comment when nothing has come for a while."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar.response import Stream

_SILENCE_SECONDS = 15.0  # proxies commonly cut a connection that is silent for 30 to 60 seconds


def event_stream(name: str, messages: AsyncIterator[Any]) -> Stream:
    """A response that sends each of `messages` as an event called `name`."""
    return Stream(
        _encoded(name, messages),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _encoded(name: str, messages: AsyncIterator[Any]) -> AsyncIterator[bytes]:
    yield b"retry: 1000\n\n"
    coming = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(anext(messages))
            done, _ = await asyncio.wait([coming], timeout=_SILENCE_SECONDS)
            if not done:
                yield b":\n\n"
                continue
            try:
                message = coming.result()
            except StopAsyncIteration:
                return
            coming = None
            yield b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(message))
    finally:
        if coming is not None:
            coming.cancel()
