"""Moves what is in the stream to the raw database, in the stream's order, each message once."""

import asyncio
import logging
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from gooddata.errors import ConfigurationError, LogUnavailable
from gooddata.eventlog.jetstream.archive_numbers import Archived
from gooddata.eventlog.jetstream.log import JetStreamLog
from gooddata.eventlog.jetstream.message import Beside, Message, Whole, body_of, head_of, note_of, whole
from gooddata.eventlog.jetstream.trim import trim
from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.persistence.pool import open_connection
from gooddata.sql import statement

ROLE = "gooddata_archive"

AT_ONCE = 1_000  # messages that one transaction moves, or as many as one request of the stream brings
TRIM_SECONDS = 60.0
ROOM_SECONDS = 3_600.0
WAIT_SECONDS = 1.0
AGAIN_SECONDS = 1.0
_ROOM_WEEKS = 6

_ARCHIVED = "SELECT archived FROM raw.stream WHERE epoch = $1"
_MOVE_ON = statement(__package__, "move_on")
_MOVE_HEADS = statement(__package__, "move_heads")
_COUNT = statement(__package__, "count")
_KEEP = "SELECT raw.keep_rejections($1, $2, $3, $4, $5, $6, $7, $8)"
_TELL = "SELECT pg_notify('gooddata_batch', '')"
_COLUMNS = ("partition", "seq", "received_at", "events", "fingerprints", "visitors", "body")

logger = logging.getLogger(__name__)


class _Part(msgspec.Struct):
    """What follows in the stream, up to sequence number `upto`."""

    after: int
    upto: int
    things: list[Whole]


class Archive:
    """Moves with `move()`; several may run at the same time, and one of them moves each part."""

    def __init__(self, log: JetStreamLog, raw: Any, archived: Archived | None = None) -> None:
        self._archived = archived or Archived()
        self._log = log
        self._stream = log.stream
        self._raw = raw
        self._at: int | None = None
        self._ahead: asyncio.Task[_Part | None] | None = None

    async def close(self) -> None:
        if self._ahead is not None:
            self._ahead.cancel()
            with suppress(asyncio.CancelledError, LogUnavailable):
                await self._ahead

    async def move(self) -> bool:
        """Moves the next part; whether there was one. Raises what the stream and the database raise."""
        if self._at is None:
            self._at = await self._raw.fetchval(_ARCHIVED, self._stream.epoch)
            if self._at is None:
                raise ConfigurationError("the raw database knows nothing of the stream; run: gooddata migrate")
        ahead, self._ahead = self._ahead, None
        part = await (ahead or self._next(self._at))
        if part is None:
            return False
        # While the database takes this part, the next one is read.
        self._ahead = asyncio.create_task(self._next(part.upto))
        moved = False
        began = time.perf_counter()
        try:
            moved = await self._write(part)
            self._count(part, moved, time.perf_counter() - began)
        finally:
            if not moved:
                await self.close()
                self._at = self._ahead = None
        self._at = part.upto
        return True

    async def behind(self) -> int | None:
        """How many messages of the stream it has not moved; None while it does not know."""
        return None if self._at is None else max(await self._stream.last_seq() - self._at, 0)

    def _count(self, part: _Part, moved: bool, seconds: float) -> None:
        if not moved:
            self._archived.moved_by_others += 1
            return
        self._archived.moved += 1
        self._archived.messages += part.upto - part.after
        self._archived.seconds.add(seconds)

    async def _next(self, after: int) -> _Part | None:
        messages: list[Message] = []
        at = after
        await self._stream.require_same()
        while more := await self._stream.following(at, AT_ONCE):
            messages += more
            at = more[-1].seq
            if things := [*whole(messages)]:
                return _Part(after, things[-1].seq, things)
        return None

    async def _write(self, part: _Part) -> bool:
        """Whether it was this archive that moved the part, and not another one."""
        rows = []
        heads: dict[int, int] = {}
        ledger: Counter[tuple[str, datetime, str, str]] = Counter()
        beside: list[tuple[datetime, Beside]] = []
        batches, writers = self._stream.subject("batch", ""), self._stream.subject("writer", "")
        for each in part.things:
            if each.subject.startswith(batches):
                head = head_of(each.data)
                partition = int(each.subject.removeprefix(batches))
                position = heads[partition] = self._log.position_of(each.seq)
                # Without events, fingerprints are those of batches that are stored elsewhere.
                prints = head.fingerprints if head.events else b""
                rows.append(
                    (partition, position, head.received_at, head.events, prints, head.visitors, body_of(each.data))
                )
                beside += [(head.received_at, head.beside)] if head.beside else []
            elif each.subject.startswith(writers):
                note = note_of(each.data)
                beside += [(note.received_at, note.beside)] if note.beside else []
        for _, added in beside:
            for project, hour, outcome, reason, events in added.ledger:
                ledger[project, hour, outcome, reason] += events
        async with self._raw.transaction():
            if not await self._raw.fetchval(_MOVE_ON, self._stream.epoch, part.after, part.upto):
                return False
            await self._raw.copy_records_to_table("batch", schema_name="raw", columns=_COLUMNS, records=rows)
            await self._raw.execute(_MOVE_HEADS, list(heads), list(heads.values()))
            counted = [(*key, events) for key, events in sorted(ledger.items())]
            if counted:
                await self._raw.execute(_COUNT, *(list(column) for column in zip(*counted, strict=True)))
            for at, added in beside:
                if added.rejections:
                    kept = [(r.project, r.event_id, r.field, r.reason, r.body, r.context) for r in added.rejections]
                    columns = (list(column) for column in zip(*kept, strict=True))
                    await self._raw.execute(_KEEP, at, *columns, added.rejected_bytes)
            await self._raw.execute(_TELL)
        return True


async def run(
    log: JetStreamLog,
    raw_dsn: str,
    analytics_dsn: str,
    window: timedelta,
    stop: asyncio.Event,
    archived: Archived | None = None,
) -> None:
    """Moves, and takes out of the stream what nobody needs there any more, until `stop` is set; through restarts of
    the servers."""
    archived = archived or Archived()
    while not stop.is_set():
        try:
            await _work(log, raw_dsn, analytics_dsn, window, stop, archived)
        except (*UNAVAILABLE, asyncpg.TransactionRollbackError, LogUnavailable) as failure:
            logger.warning("the archive cannot go on (%s); trying again", failure)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AGAIN_SECONDS)


async def _work(
    log: JetStreamLog, raw_dsn: str, analytics_dsn: str, window: timedelta, stop: asyncio.Event, archived: Archived
) -> None:
    raw = await open_connection(raw_dsn, ROLE)
    archive = Archive(log, raw, archived)
    archived.ask = archive.behind
    clock = asyncio.get_running_loop().time
    room_at = trim_at = 0.0
    try:
        while not stop.is_set():
            if clock() >= room_at:
                await raw.execute("SELECT raw.make_room($1)", _ROOM_WEEKS)
                room_at = clock() + ROOM_SECONDS
            if await archive.move():
                continue
            if clock() >= trim_at:
                await _trim(log, raw, analytics_dsn, window)
                trim_at = clock() + TRIM_SECONDS
            waits = asyncio.create_task(log.wait(WAIT_SECONDS))
            stopped = asyncio.create_task(stop.wait())
            try:
                await asyncio.wait({waits, stopped}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                waits.cancel()
                stopped.cancel()
    finally:
        archived.ask = None
        await archive.close()
        raw.terminate()


async def _trim(log: JetStreamLog, raw: Any, analytics_dsn: str, window: timedelta) -> None:
    """How far workers are is in analytics; while that is away, the stream keeps what it has."""
    try:
        analytics = await open_connection(analytics_dsn, ROLE)
    except UNAVAILABLE as failure:
        logger.warning("nothing is taken out of the event log's stream (%s)", failure)
        return
    try:
        applied = dict(await analytics.fetch("SELECT partition, seq FROM analytics.cursor"))
    finally:
        analytics.terminate()
    archived = await raw.fetchval(_ARCHIVED, log.stream.epoch)
    await trim(log, datetime.now(UTC) - window, applied, archived)
