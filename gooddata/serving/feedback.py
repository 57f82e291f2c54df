"""Brings new scores to the browsers: workers notify, every stream of that visitor gets it, ingest replies quote it."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import msgspec

from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.persistence.pool import open_connection
from gooddata.serving.holdouts import Holdouts

SCORED = "gooddata_score"
ERASED = "gooddata_erased"
_QUEUED_SCORES = 16  # for a browser that reads slowly; the oldest gives way, since only the newest matters
_REMEMBERED_VISITORS = 20_000  # whose newest score is at hand; the one scored longest ago gives way
_RECONNECT_SECONDS = 0.5

logger = logging.getLogger(__name__)

Score = dict[str, Any]


class Feedback:
    """Keep `run()` going; `listening(project, visitor)` gives a queue of new scores, `newest()` the last one heard."""

    def __init__(self, dsn: str, holdouts: Holdouts) -> None:
        self._dsn = dsn
        self._holdouts = holdouts
        self._waiting: dict[tuple[str, UUID], set[asyncio.Queue[Score]]] = defaultdict(set)
        self._newest: dict[tuple[str, UUID], tuple[bool, bytes]] = {}

    async def run(self) -> None:
        """Listens to the workers until cancelled, through restarts of the database."""
        while True:
            try:
                connection = await open_connection(self._dsn, "gooddata_dashboard", name=SCORED)
                gone = asyncio.Event()
                connection.add_termination_listener(lambda *_, gone=gone: gone.set())
                await connection.add_listener(SCORED, lambda *notice: self._deliver(notice[-1]))
                await connection.add_listener(ERASED, lambda *notice: self._forget(notice[-1]))
                try:
                    await gone.wait()
                finally:
                    connection.terminate()
            except UNAVAILABLE as failure:
                logger.warning("scores cannot be heard (%s); trying again", failure)
            await asyncio.sleep(_RECONNECT_SECONDS)

    @contextmanager
    def listening(self, project: str, visitor: UUID) -> Iterator[asyncio.Queue[Score]]:
        """A queue that gets every score of the visitor's pseudonym from now on."""
        queue: asyncio.Queue[Score] = asyncio.Queue(_QUEUED_SCORES)
        queues = self._waiting[project, visitor]
        queues.add(queue)
        try:
            yield queue
        finally:
            queues.discard(queue)
            if not queues:
                self._waiting.pop((project, visitor), None)

    def newest(self, project: str, visitor: UUID) -> bytes | None:
        """The JSON of the newest score that came for the visitor's pseudonym, if it is remembered.

        None, too, where it came before they were held out, or while they were and are no longer.
        """
        holdout, score = self._newest.get((project, visitor), (False, None))
        return score if holdout == self._holdouts.holds(project, visitor) else None

    def _forget(self, payload: str) -> None:
        project, _, visitor = payload.rpartition(" ")
        self._newest.pop((project, UUID(visitor)), None)

    def _deliver(self, payload: str) -> None:
        for score in msgspec.json.decode(payload, type=list[Score]):
            whose = score.pop("project"), UUID(score.pop("visitor"))
            score = self._holdouts.told(*whose, score)
            self._newest.pop(whose, None)
            self._newest[whose] = score["holdout"], msgspec.json.encode(score)
            if len(self._newest) > _REMEMBERED_VISITORS:
                del self._newest[next(iter(self._newest))]
            for queue in self._waiting.get(whose, ()):
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait(score)
