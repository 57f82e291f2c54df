"""The projects that somebody has asked about, each loaded at the first question and kept up with what happens since."""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from gooddata.errors import InputError
from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.recommend.clicks import (
    SESSIONS,
    Clicks,
    first_counted,
    goes_by_pages,
    newest_sessions,
    sessions_now,
    sessions_of,
)
from gooddata.intelligence.recommend.keep import TASK
from gooddata.intelligence.recommend.live import Live
from gooddata.intelligence.recommend.ranking import Ranking
from gooddata.persistence.items import known_rules
from gooddata.persistence.pool import open_pool
from gooddata.recommending import Asked, Told
from gooddata.sql import statement

ROLE = "gooddata_dashboard"
PROJECTS = 32  # at hand; the one asked about longest ago gives way
FOLLOW_SECONDS = 1.0
REFRESH_SECONDS = 5.0
RELOAD_SECONDS = 6 * 3_600.0  # late events, sessions that were joined to others: all is read again
_RUNNING = 2_000  # sessions of a project that are read again at a time, the ones that waited longest first
_WAITING = 20_000  # of which more are not remembered: the index is then made of a part of what happens
_PATIENCE_SECONDS = 1.0  # a question waits for its project to be loaded; then it is answered by what there is

_IN_USE = statement(__package__, "ranking_in_use")
_COUNT = (
    "SELECT count(*) FROM (SELECT FROM analytics.session "
    "WHERE project_id = $1 AND last_at >= $2 AND NOT automated LIMIT $3) s"
)
# All is read again when there are a quarter more sessions; counting them may take this share of the time.
_GROWTH, _GROWTH_LEAST, _COUNTING_SHARE = 1.25, 10, 0.01
_ITEMS = "SELECT item, category, in_stock FROM control.item WHERE project_id = $1"
_ITEMS_SET = "SELECT count(*), max(set_at) FROM control.item WHERE project_id = $1"

logger = logging.getLogger(__name__)


class Kept(msgspec.Struct):
    """A project. `changed` are the sessions that go on, with their visitors. While all is read (again), `loading` runs
    and `coming` is what comes of it; there were `count` sessions when that began. Times are as the loop has them."""

    live: Live
    coming: Live | None = None
    loading: asyncio.Task[None] | None = None
    loaded_at: float = 0.0
    count: int = 0
    count_again_at: float = 0.0
    changed: dict[UUID, UUID] = {}

    @property
    def lives(self) -> list[Live]:
        """What is to hear of everything that happens."""
        return [self.live] if self.coming in (None, self.live) else [self.live, self.coming]


class Shelf:
    """Answers questions while `follow` goes on in the same event loop."""

    def __init__(self, pool: Any, sessions: int = SESSIONS) -> None:
        self._pool = pool
        self._sessions = sessions
        self._kept: dict[str, Kept] = {}

    @classmethod
    async def open(cls, analytics_dsn: str, sessions: int = SESSIONS) -> "Shelf":
        return cls(await open_pool(analytics_dsn, ROLE, size=3, init=use_milliseconds), sessions)

    def close(self) -> None:
        for kept in self._kept.values():
            if kept.loading is not None:
                kept.loading.cancel()
        self._pool.terminate()

    def answer_now(self, asked: Asked) -> Told | None:
        """The answer, if everything that it takes is at hand."""
        kept = self._kept.get(asked.project)
        if kept is None or not kept.loaded_at or (asked.visitor is not None and not kept.live.knows(asked.visitor)):
            return None
        self._kept[asked.project] = self._kept.pop(asked.project)
        return kept.live.answer(asked)

    async def answer(self, asked: Asked) -> Told:
        """The answer. Raises what the database raises."""
        kept = self._of(asked.project)
        if kept.loading is not None:
            await asyncio.wait({kept.loading}, timeout=_PATIENCE_SECONDS)
        own: Sequence[Clicks] = ()
        if asked.visitor is not None and not kept.live.knows(asked.visitor):
            own = await sessions_of(self._pool, asked.project, kept.live.pages, asked.visitor)
        return kept.live.answer(asked, own)

    def changed(self, project: str, session: UUID, visitor: UUID) -> None:
        """A session goes on."""
        kept = self._kept.get(project)
        if kept is not None and (len(kept.changed) < _WAITING or session in kept.changed):
            kept.changed[session] = visitor

    def forget(self, project: str, visitor: UUID) -> None:
        """Somebody was erased."""
        kept = self._kept.get(project)
        if kept is not None:
            kept.changed = {session: whose for session, whose in kept.changed.items() if whose != visitor}
            for live in kept.lives:
                live.forget(visitor)
            if kept.loading is not None:
                # What is being read may still hold them.
                self._load_again(project, kept)

    def lost(self) -> None:
        """For a while nothing was heard: everything is read again when it is asked for, since somebody may have been
        erased."""
        for project in list(self._kept):
            self._drop(project)

    async def follow(self) -> None:
        """Keeps up with sessions, models and rules, until cancelled, through restarts of the database."""
        refresh_at = 0.0
        while True:
            try:
                for project, kept in list(self._kept.items()):
                    await self._read_changed(project, kept)
                if time.monotonic() >= refresh_at:
                    await self.refresh()
                    refresh_at = time.monotonic() + REFRESH_SECONDS
            except UNAVAILABLE as failure:
                logger.warning("recommendations do not keep up (%s); trying again", failure)
            await asyncio.sleep(FOLLOW_SECONDS)

    async def refresh(self) -> None:
        """Takes up new models and rules, what is trending, and makes room."""
        for project, kept in list(self._kept.items()):
            if not kept.loaded_at:
                continue
            await self._take_up(project, kept.live)
            kept.live.refresh(_now())
            if kept.live.is_due:
                kept.live.renew(await asyncio.to_thread(kept.live.made_anew))
            if kept.loading is None and await self._is_outdated(project, kept):
                self._load_again(project, kept)

    async def _is_outdated(self, project: str, kept: Kept) -> bool:
        """Whether there is much that was not heard of: imports, what was sent late, sessions that were joined."""
        started = time.monotonic()
        if started - kept.loaded_at > RELOAD_SECONDS:
            return True
        if started < kept.count_again_at:
            return False
        count = await self._count(project)
        kept.count_again_at = time.monotonic() + (time.monotonic() - started) / _COUNTING_SHARE
        return count > kept.count * _GROWTH + _GROWTH_LEAST

    async def _count(self, project: str) -> int:
        count: int = await self._pool.fetchval(_COUNT, project, first_counted(), self._sessions)
        return count

    def _of(self, project: str) -> Kept:
        kept = self._kept.pop(project, None)
        if kept is None:
            kept = Kept(Live(False, self._sessions))
            kept.loading = asyncio.create_task(self._load(project, kept, kept.live))
        self._kept[project] = kept
        if len(self._kept) > PROJECTS:
            self._drop(next(iter(self._kept)))
        return kept

    def _drop(self, project: str) -> None:
        kept = self._kept.pop(project)
        if kept.loading is not None:
            kept.loading.cancel()

    def _load_again(self, project: str, kept: Kept) -> None:
        """What there is goes on answering meanwhile."""
        if kept.loading is not None:
            kept.loading.cancel()
        kept.loading = asyncio.create_task(self._load(project, kept, Live(False, self._sessions)))

    async def _load(self, project: str, kept: Kept, live: Live) -> None:
        started = time.monotonic()
        kept.coming = live
        try:
            kept.count = await self._count(project)
            async with self._pool.acquire() as connection:
                live.pages = await goes_by_pages(connection, project)
                async for sessions in newest_sessions(connection, project, live.pages, self._sessions):
                    for clicks in sessions:
                        live.put(clicks, clicks.started_at)
            await self._take_up(project, live)
        except UNAVAILABLE as failure:
            logger.warning("project %s cannot be loaded for recommendations (%s)", project, failure)
            if self._kept.get(project) is kept:
                del self._kept[project]
            return
        live.refresh(_now())
        # Only now that it knows all that the other does may it answer.
        kept.live, kept.coming = live, None
        kept.loaded_at, kept.loading = time.monotonic(), None
        logger.info("project %s: %d sessions loaded in %.1f s", project, live.sessions, kept.loaded_at - started)

    async def _read_changed(self, project: str, kept: Kept) -> None:
        """What sessions that go on have come to. Those of a project that is being loaded wait for that."""
        if not kept.loaded_at or not kept.changed:
            return
        some = [(session, kept.changed[session]) for session in list(kept.changed)[:_RUNNING]]
        for session, _ in some:
            del kept.changed[session]
        now = _now()
        for clicks in await sessions_now(self._pool, project, kept.live.pages, some):
            for live in kept.lives:
                live.put(clicks, now)

    async def _take_up(self, project: str, live: Live) -> None:
        live.rules = await known_rules(self._pool, project)
        items_set = tuple(await self._pool.fetchrow(_ITEMS_SET, project))
        if items_set != live.items_set:
            live.catalogue.take(await self._pool.fetch(_ITEMS, project))
            live.items_set = items_set
        version = await self._pool.fetchval(_IN_USE, project, TASK)
        if version is None:
            live.rank_by(None, None)
        elif version not in (live.model, live.unreadable):
            blob = await self._pool.fetchval(
                "SELECT estimator FROM analytics.model WHERE project_id = $1 AND task = $2 AND version = $3",
                project, TASK, version,
            )  # fmt: skip
            try:
                live.rank_by(await asyncio.to_thread(Ranking.loads, blob), version)
            except InputError as failure:
                logger.error("project %s: model %d of recommendations is not used: %s", project, version, failure)
                live.unreadable = version


def _now() -> int:
    return time.time_ns() // 1_000_000
