"""One live picture per project, computed at most once a second, however many people watch it."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.serving.store import Store

_LOOK_SECONDS = 0.5  # how often workers' progress is looked at while somebody watches
_RENEW_LOOKS = 10  # the picture changes by the clock alone, too: visitors leave the last five minutes

logger = logging.getLogger(__name__)

Picture = dict[str, Any]


class Live:
    """Keep `run()` going; `watch(project)` yields the picture now, and whenever it has changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._watching: dict[str, set[asyncio.Queue[Picture]]] = defaultdict(set)
        self._watched = asyncio.Event()

    @property
    def streams(self) -> int:
        """How many watch."""
        return sum(map(len, self._watching.values()))

    async def watch(self, project: str) -> AsyncIterator[Picture]:
        """The picture of `project` as /api/live gives it, again and again."""
        queue: asyncio.Queue[Picture] = asyncio.Queue(1)
        self._watching[project].add(queue)
        self._watched.set()
        try:
            yield await self._store.live(project)
            while True:
                yield await queue.get()
        finally:
            self._watching[project].discard(queue)
            if not self._watching[project]:
                del self._watching[project]

    async def run(self) -> None:
        """Looks at the workers' progress while anybody watches, until cancelled."""
        progress = looks = 0
        while True:
            if not self._watching:
                self._watched.clear()
                await self._watched.wait()
            await asyncio.sleep(_LOOK_SECONDS)
            looks += 1
            try:
                now = await self._store.progress()
                if now == progress and looks % _RENEW_LOOKS:
                    continue
                progress = now
                for project in list(self._watching):
                    self._show(project, await self._store.live(project))
            except UNAVAILABLE as failure:
                logger.warning("the live picture cannot be drawn (%s); trying again", failure)
            await asyncio.sleep(_LOOK_SECONDS)

    def _show(self, project: str, picture: Picture) -> None:
        for queue in self._watching.get(project, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(picture)
