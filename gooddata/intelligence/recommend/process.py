"""The recommender: a process that answers questions on a Unix socket, and hears of sessions that go on."""

import asyncio
import gc
import logging
from pathlib import Path
from uuid import UUID

import msgspec
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from gooddata.eventlog.notices import listen
from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.intelligence.recommend.shelf import ROLE, Shelf
from gooddata.recommending import Asked, Frames, Told, frame

logger = logging.getLogger(__name__)


class _Notice(msgspec.Struct):
    project: str
    visitor: UUID
    session: UUID


_notices = msgspec.json.Decoder(list[_Notice])
_asked = msgspec.json.Decoder(Asked)
_encode = msgspec.json.Encoder().encode


async def run(analytics_dsn: str, socket: Path, stop: asyncio.Event) -> None:
    """Answers until `stop` is set. Raises ConfigurationError when the database cannot be used at the start."""
    threadpool_limits(1)
    # Sessions are a great many objects and no cycles of them; to look through all for cycles took 50 ms each time.
    gc.set_threshold(100_000, 20, 1_000)
    shelf = await Shelf.open(analytics_dsn)
    hears = asyncio.Event()

    def scored(notice: str) -> None:
        for each in _notices.decode(notice):
            shelf.changed(each.project, each.session, each.visitor)

    def began() -> None:
        shelf.lost()
        hears.set()

    listening = listen(analytics_dsn, ROLE, "gooddata_recommender", scored=scored, erased=shelf.forget, began=began)
    tasks = [asyncio.create_task(shelf.follow()), asyncio.create_task(listening)]
    stopping = asyncio.create_task(stop.wait())
    # What it reads before it hears of changes would be read again.
    hearing = asyncio.create_task(hears.wait())
    await asyncio.wait([hearing, stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    server = await asyncio.get_running_loop().create_unix_server(lambda: _Asker(shelf), str(socket))
    try:
        done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        server.close()
        for task in [hearing, stopping, *tasks]:
            task.cancel()
        await asyncio.gather(hearing, stopping, *tasks, return_exceptions=True)
        shelf.close()


class _Asker(asyncio.Protocol):
    """One who asks. Questions that need the database are answered when they can be, the others in order."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._frames = Frames(self._take)
        self._answers: list[bytes] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        for task in self._tasks:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        self._frames.feed(data)
        self._send()

    def _take(self, body: bytes) -> None:
        asked = _asked.decode(body)
        told = self._shelf.answer_now(asked)
        if told is not None:
            self._answers.append(frame(_encode(told)))
            return
        task = asyncio.create_task(self._answer(asked))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, asked: Asked) -> None:
        try:
            told = await self._shelf.answer(asked)
        except UNAVAILABLE as failure:
            logger.warning("a question is not answered (%s)", failure)
            told = Told(number=asked.number, recommendations=[], reason="the database does not answer now")
        self._answers.append(frame(_encode(told)))
        self._send()

    def _send(self) -> None:
        """Everything that has been answered, at once."""
        if self._transport is not None and self._answers:
            self._transport.write(b"".join(self._answers))
            self._answers.clear()
