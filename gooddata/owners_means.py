"""What the owner's pages in the dashboard need of the other stages, which serving does not import."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import msgspec

from gooddata import operating
from gooddata.config import Settings
from gooddata.errors import InputError
from gooddata.ingestion import limits
from gooddata.ingestion.rules.exclusions import checked
from gooddata.ingestion.rules.plan import read_plan
from gooddata.persistence.raw_events import since_moment
from gooddata.serving.owner.means import Deeds, Means
from gooddata.tls import own_url

MOST_EXPORTED_BYTES = 64 * 1_048_576
T = TypeVar("T")


def means_of(settings: Settings, ingests: bool, spooled: Callable[[], tuple[int, float] | None]) -> Means:
    """The means of a serving process with these settings; `ingests` says whether events come in at its own port."""
    operator = settings.of_operator()
    url = settings.ingest_url or (own_url(settings) if ingests else None)
    return Means(
        data=settings.data,
        check_plan=lambda text: msgspec.json.encode(read_plan(text)),
        check_exclusion=checked,
        most_exclusions=limits.EXCLUSIONS,
        spooled=spooled,
        given=None if operator is None else _deeds(operator, url),
    )


def _deeds(settings: Settings, url: str | None) -> Deeds:
    async def erase(project: str, visitor: str | None, user: str | None) -> Any:
        return await _apart(operating.erase_person(settings, project, visitor=visitor, user=user))

    async def held(project: str, visitor: str | None, user: str | None) -> bytes:
        return await _apart(_as_lines(settings, project, visitor, user))

    async def replay(project: str, reason: str | None, since: str | None) -> tuple[Any, str | None]:
        assert url is not None
        return await _apart(operating.replay_again(settings, url, project, reason, since_moment(since)))

    raw_dsn, _ = settings.require_dsns()
    return Deeds(raw_dsn, erase, held, replay if url else None)


async def _apart(deed: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own, with its own event loop: a deed may read all of the log, and goes on to its end when
    nobody waits for it any more; events are taken in meanwhile."""
    return await asyncio.to_thread(asyncio.run, deed)


async def _as_lines(settings: Settings, project: str, visitor: str | None, user: str | None) -> bytes:
    lines = bytearray()
    async for line in operating.held_of_person(settings, project, visitor=visitor, user=user):
        lines += msgspec.json.encode(line) + b"\n"
        if len(lines) > MOST_EXPORTED_BYTES:
            raise InputError("more is held of this person than fits here; write it to a file with: gooddata export")
    return bytes(lines)
