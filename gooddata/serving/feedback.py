"""Brings new scores to the browsers: workers notify, every stream of that visitor gets it, ingest replies quote it."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from gooddata.eventlog.notices import SCORED, listen
from gooddata.inside.numbers import Histogram
from gooddata.serving.holdouts import Holdouts

_QUEUED_SCORES = 16  # for a browser that reads slowly; the oldest gives way, since only the newest matters
_REMEMBERED_VISITORS = 20_000  # whose newest score is at hand; the one scored longest ago gives way

Score = dict[str, Any]


class Feedback:
    """Keep `run()` going; `listening(project, visitor)` gives a queue of new scores, `newest()` the last one heard."""

    def __init__(self, dsn: str, holdouts: Holdouts) -> None:
        self._dsn = dsn
        self._holdouts = holdouts
        self._waiting: dict[tuple[str, UUID], set[asyncio.Queue[Score]]] = defaultdict(set)
        self._newest: dict[tuple[str, UUID], tuple[bool, bytes]] = {}
        self.heard = self.delivered = self.late = 0
        self.seconds = Histogram()  # from a score being computed to being handed to a stream

    @property
    def streams(self) -> int:
        """How many listen."""
        return sum(map(len, self._waiting.values()))

    async def run(self) -> None:
        """Listens to the workers until cancelled, through restarts of the database."""
        await listen(self._dsn, "gooddata_dashboard", SCORED, scored=self._deliver, erased=self._forget)

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

    def _forget(self, project: str, visitor: UUID) -> None:
        self._newest.pop((project, visitor), None)

    def _deliver(self, payload: str) -> None:
        for score in msgspec.json.decode(payload, type=list[Score]):
            whose = score.pop("project"), UUID(score.pop("visitor"))
            score = self._holdouts.told(*whose, score)
            self._newest.pop(whose, None)
            self._newest[whose] = score["holdout"], msgspec.json.encode(score)
            if len(self._newest) > _REMEMBERED_VISITORS:
                del self._newest[next(iter(self._newest))]
            self.heard += 1
            listeners = self._waiting.get(whose, ())
            for queue in listeners:
                if queue.full():
                    queue.get_nowait()
                    self.late += 1
                queue.put_nowait(score)
            if listeners:
                self.delivered += len(listeners)
                self.seconds.add(max(time.time() - datetime.fromisoformat(score["computed_at"]).timestamp(), 0.0))
