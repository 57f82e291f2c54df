"""Erases in the stream, where a person's events still are for a while after they were moved to the raw database."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from datetime import UTC, datetime
from typing import Any

from gooddata.errors import GoodDataError, HeadMoved
from gooddata.eventlog.jetstream.log import JetStreamLog
from gooddata.eventlog.jetstream.message import (
    Head,
    Message,
    Whole,
    WriterNote,
    body_of,
    encode_empty,
    encode_note,
    head_of,
    note_of,
    whole,
)
from gooddata.persistence.erasure.log import add_tombstones
from gooddata.persistence.erasure.person import Tombstone, Who
from gooddata.persistence.erasure.stored import without

PASSING_SECONDS = 60.0
_LOOK_SECONDS = 0.05
_AT_ONCE = 500
TOMBSTONES_AT_ONCE = 1_000

_ARCHIVED = "SELECT archived FROM raw.stream WHERE epoch = $1"
_APPLIED = "SELECT partition, seq FROM analytics.cursor"


class NotPassed(GoodDataError):
    """The archive or the workers have not come as far as they must for an erasure to go on."""


class StreamErasure:
    """`raw` and `analytics` are connections that wear the operator's role."""

    def __init__(self, log: JetStreamLog, raw: Any, analytics: Any) -> None:
        self._log = log
        self._stream = log.stream
        self._raw = raw
        self._analytics = analytics
        self._upto = 0

    async def put_tombstones(self, project: str, tombstones: Collection[Tombstone]) -> None:
        """Keeps them in the raw database, and tells of them as `tell` does."""
        if tombstones:
            await add_tombstones(self._raw, project, tombstones)
            await self.tell(project, tombstones)

    async def tell(self, project: str, tombstones: Collection[Tombstone]) -> None:
        """From its return on, nothing that these cover is appended to the log, and what was before is in the raw
        database and has been applied. Raises NotPassed when that takes too long."""
        positions: dict[int, int] = {}
        every = list(tombstones)
        for start in range(0, len(every), TOMBSTONES_AT_ONCE):
            positions = await self._log.put_tombstones(project, every[start : start + TOMBSTONES_AT_ONCE])
        if not positions:
            return
        self._upto = max(map(self._log.seq_of, positions.values()))
        try:
            async with asyncio.timeout(PASSING_SECONDS):
                while True:
                    if await self._have_passed(positions):
                        break
                    await asyncio.sleep(_LOOK_SECONDS)
        except TimeoutError:
            raise NotPassed(
                "the archive or the workers have not come to the end of the event log in a minute, and only then can "
                "somebody be erased who may be in it: see that gooddata archive and gooddata work are running, and "
                "erase again (nothing dated before is taken in of them any more)"
            ) from None

    async def _have_passed(self, positions: dict[int, int]) -> bool:
        archived = await self._raw.fetchval(_ARCHIVED, self._stream.epoch)
        if archived is None or archived < self._upto:
            return False
        applied = dict(await self._analytics.fetch(_APPLIED))
        return all(applied.get(partition, 0) >= position for partition, position in positions.items())

    async def erase(self, project: str, is_erased: Callable[[Who, int], bool]) -> int:
        """Takes the erased events out of the stream, and what was refused of their project; how many messages were
        overwritten. Of each batch, what stays is published again: the identities of the other events, by which they
        count once; the events themselves are in the raw database, and workers have been through them."""
        overwritten = 0
        async for each in self._everything():
            if each.subject.startswith(self._stream.subject("batch", "")):
                head = head_of(each.data)
                rest = without(body_of(each.data), head.fingerprints, project, is_erased) if head.events else None
                if not (rest and rest.removed) and not _tells_refused(head, project):
                    continue
                fingerprints = rest.fingerprints if rest else head.fingerprints
                await self._publish_rest(each.subject, Head(head.received_at, 0, fingerprints, []))
            elif each.subject.startswith(self._stream.subject("writer", "")):
                note = note_of(each.data)
                if not _tells_refused(note, project):
                    continue
                await self._publish_note(each, WriterNote(datetime.now(UTC), note.drained, note.receipts))
            else:
                continue
            for seq in range(each.first, each.seq + 1):
                await self._stream.overwrite(seq)
                overwritten += 1
        return overwritten

    async def _everything(self) -> AsyncIterator[Whole]:
        """What was in the stream when the last tombstone came."""
        at, waiting = 0, list[Message]()
        while at < self._upto and (more := await self._stream.following(at, _AT_ONCE)):
            waiting += more
            at = more[-1].seq
            for each in whole(waiting):
                if each.seq <= self._upto:
                    yield each
            last = max((place for place, message in enumerate(waiting) if not message.pieces), default=-1)
            waiting = waiting[last + 1 :]

    async def _publish_rest(self, subject: str, head: Head) -> None:
        while True:
            newest = await self._stream.of_leader(last_by_subj=subject)
            try:
                await self._stream.publish([Message(subject, encode_empty(head), newest.seq if newest else 0)])
                return
            except HeadMoved:
                continue

    async def _publish_note(self, former: Whole, note: WriterNote) -> None:
        """In place of the newest of its subject, which tells how far a writer is; an earlier one tells nothing."""
        newest = await self._stream.of_leader(last_by_subj=former.subject)
        if newest is not None and newest.seq == former.seq:
            try:
                await self._stream.publish([Message(former.subject, encode_note(note), former.seq)])
            except HeadMoved:
                return  # it is not the newest any more


def _tells_refused(told: Head | WriterNote, project: str) -> bool:
    return told.beside is not None and any(each.project == project for each in told.beside.rejections)
