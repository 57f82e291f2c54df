"""Asks the recommender, a process of its own that is started with the first question."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import msgspec

from gooddata.errors import GoodDataError
from gooddata.recommending import Asked, Frames, Told, frame

WAITING = 256  # questions under way; past it none is taken
ANSWER_SECONDS = 3.0
START_SECONDS = 15.0
_RETRY_SECONDS = 0.05

_encode = msgspec.json.Encoder().encode
_told = msgspec.json.Decoder(Told)

logger = logging.getLogger(__name__)


class Busy(GoodDataError):
    """The recommender has more questions than it can answer, or does not answer."""


class Recommender:
    """Questions over one connection to `socket`. `start` starts the process, and keeps it going."""

    def __init__(self, socket: Path, start: Callable[[], None]) -> None:
        self._socket = socket
        self._start: Callable[[], None] | None = start
        self._connecting: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport | None = None
        self._waiting: dict[int, asyncio.Future[Told]] = {}
        self._number = 0

    @property
    def waiting(self) -> int:
        """Questions under way."""
        return len(self._waiting)

    async def ask(self, asked: Asked) -> Told:
        """Raises Busy."""
        if len(self._waiting) >= WAITING:
            raise Busy("more recommendations are being asked for than can be given now")
        if self._transport is None:
            await self._connected()
        assert self._transport is not None
        self._number += 1
        asked.number = self._number
        answer = self._waiting[asked.number] = asyncio.get_running_loop().create_future()
        self._transport.write(frame(_encode(asked)))
        late = asyncio.get_running_loop().call_later(ANSWER_SECONDS, _too_late, answer)
        try:
            return await answer
        finally:
            late.cancel()
            self._waiting.pop(asked.number, None)

    def close(self) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
        if self._transport is not None:
            self._transport.abort()

    async def _connected(self) -> None:
        if self._connecting is None or self._connecting.done():
            self._connecting = asyncio.create_task(self._connect())
        await asyncio.shield(self._connecting)

    async def _connect(self) -> None:
        if self._start is not None:
            self._start()
            self._start = None
        loop = asyncio.get_running_loop()
        deadline = loop.time() + START_SECONDS
        while True:
            try:
                self._transport, _ = await loop.create_unix_connection(lambda: _Line(self), str(self._socket))
                return
            except OSError:
                if loop.time() >= deadline:
                    raise Busy("the recommender does not start; see the server's log") from None
            await asyncio.sleep(_RETRY_SECONDS)

    def heard(self, body: bytes) -> None:
        told = _told.decode(body)
        answer = self._waiting.get(told.number)
        if answer is not None and not answer.done():
            answer.set_result(told)

    def hung_up(self) -> None:
        """The process has ended; it is started again by who keeps it going."""
        self._transport = None
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(Busy("the recommender has ended; it is being started again"))


def _too_late(answer: asyncio.Future[Told]) -> None:
    if not answer.done():
        answer.set_exception(Busy(f"no recommendation within {ANSWER_SECONDS:.0f} seconds"))


class _Line(asyncio.Protocol):
    def __init__(self, recommender: Recommender) -> None:
        self._recommender = recommender
        self._frames = Frames(recommender.heard)

    def data_received(self, data: bytes) -> None:
        self._frames.feed(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._recommender.hung_up()
