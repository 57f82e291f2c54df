"""The event log in a stream."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

from gooddata.errors import HeadMoved, LogUnavailable
from gooddata.eventlog.batch import Append, NewBatch, Reached, Receipt, StoredBatch, StoredIdentities, Waiting
from gooddata.eventlog.jetstream.address import Address
from gooddata.eventlog.jetstream.message import (
    EPOCH_SHIFT,
    Beside,
    Message,
    Whole,
    WriterNote,
    begun,
    beside_of,
    encode_batch,
    encode_note,
    encode_tombstones,
    head_of,
    in_pieces,
    note_of,
    stored_batch,
    tombstones_of,
    whole,
)
from gooddata.eventlog.jetstream.stream import Stream
from gooddata.persistence.erasure.person import Tombstone

_CLOCKS_DIFFER = timedelta(hours=1)  # between writers and servers, at most
_MISSED_AT_ONCE = 256  # messages of which the identities are read in one request
_LOOKS = 16  # at partitions, at the same time
_SEQ = (1 << EPOCH_SHIFT) - 1


class JetStreamLog:
    """Open with `await JetStreamLog.open(address)`; every method raises LogUnavailable while the servers are away.

    A position is the number of the stream and the sequence number of a batch's last message.
    """

    # Several messages that are stored at once cost the server more than one does.
    appends_together = False

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._writers: dict[UUID, tuple[int, WriterNote]] = {}
        self._tombstones: dict[tuple[str, Tombstone], int] = {}  # with their numbers, in this process's own count
        self._knows_tombstones = False
        self._appended = asyncio.Event()
        self._listens = False

    @classmethod
    async def open(cls, address: Address) -> Self:
        """Raises ConfigurationError when no server answers, or none holds the log."""
        return cls(await Stream.open(address))

    @property
    def partitions(self) -> int:
        return self._stream.partitions

    @property
    def epoch(self) -> int:
        return self._stream.epoch

    @property
    def stream(self) -> Stream:
        return self._stream

    async def close(self) -> None:
        await self._stream.close()

    async def make_room(self) -> None:
        """A stream has no windows."""

    async def keep_room(self) -> None:
        """A stream has no windows."""
        await asyncio.Event().wait()

    async def append(self, append: Append, heads: Mapping[int, int]) -> dict[int, int]:
        """Appends, all of it or nothing, if its partitions still stand at `heads`; where these stand now.

        Raises HeadMoved when one of them has moved on."""
        messages, ends = self._batches(append, heads, beside_of(append))
        writer = append.drained.spool if append.drained else append.receipt.writer if append.receipt else None
        if writer is not None:
            messages += await self._note(writer, append, None if append.batches else beside_of(append))
        if not messages:
            return {}
        try:
            last = await self._stream.publish(messages)
        except LogUnavailable:
            # It may still happen: how far writers are is found out anew.
            self._writers.clear()
            raise
        except HeadMoved:
            if writer is not None:
                self._writers.pop(writer, None)
            raise
        if writer is not None:
            self._writers[writer] = last, note_of(messages[-1].data)
        await self._stream.notify()
        return {partition: self.position_of(last - len(messages) + end) for partition, end in ends.items()}

    def _batches(
        self, append: Append, heads: Mapping[int, int], beside: Beside | None
    ) -> tuple[list[Message], dict[int, int]]:
        """The messages of the batches, and how many there are up to the end of each partition's. What is beside them
        goes with the first."""
        messages: list[Message] = []
        ends = {}
        for batch in sorted(append.batches, key=lambda batch: batch.partition):
            data = encode_batch(batch, append.received_at, beside if not messages else None)
            subject = self._stream.subject("batch", str(batch.partition))
            messages += in_pieces(subject, data, self.seq_of(heads[batch.partition]), self._stream.most_bytes)
            ends[batch.partition] = len(messages)
        return messages, ends

    async def _note(self, writer: UUID, append: Append, beside: Beside | None) -> list[Message]:
        seq, note = await self._writer(writer)
        drained = append.drained.to if append.drained else note.drained
        # Appends to different partitions may be under way at the same time, each with a receipt.
        receipts = [*note.receipts, *([append.receipt.receipt] if append.receipt else [])][-self.partitions - 1 :]
        subject = self._stream.subject("writer", str(writer))
        noted = encode_note(WriterNote(append.received_at, drained, receipts, beside))
        messages = in_pieces(subject, noted, seq, self._stream.most_bytes)
        if len(messages) > 1:
            # The newest message of the subject is to be read by itself.
            messages.append(Message(subject, encode_note(WriterNote(append.received_at, drained, receipts))))
        return messages

    async def _writer(self, writer: UUID) -> tuple[int, WriterNote]:
        """Where a writer's subject stands, and its newest note. What it had published before, without an answer, can no
        longer be stored once this is known: the note is published again, so that the subject has moved on."""
        if writer not in self._writers:
            subject = self._stream.subject("writer", str(writer))
            while True:
                newest = await self._newest(subject)
                last = note_of(newest.data) if newest else WriterNote(datetime.now(UTC))
                again = WriterNote(datetime.now(UTC), last.drained, last.receipts)
                try:
                    seq = await self._stream.publish(
                        [Message(subject, encode_note(again), newest.seq if newest else 0)]
                    )
                except HeadMoved:
                    continue
                self._writers[writer] = seq, again
                break
        return self._writers[writer]

    @asynccontextmanager
    async def turn(self, partitions: Collection[int]) -> AsyncIterator["JetStreamTurn"]:
        """What may be appended to `partitions` is decided within. Nobody is kept away meanwhile: whoever comes first
        has the others raise HeadMoved."""
        await self._stream.require_same()
        yield JetStreamTurn(self, partitions)

    async def drained(self, spool: UUID) -> int:
        """The number of the last record of a spool that is in the log; 0 where none is."""
        return (await self._writer(spool))[1].drained

    async def received(self, receipt: Receipt) -> bool:
        """Whether the append with this receipt has happened; true of the newest ones of its writer alone."""
        return receipt.receipt in (await self._writer(receipt.writer))[1].receipts

    async def identities_at(self, partition: int, seq: int) -> StoredIdentities | None:
        """The identities of the first batch at a position or after it. Where there was none, there is an empty one
        then, so that nothing that was published before, without an answer, can be stored."""
        subject = self._stream.subject("batch", str(partition))
        while True:
            found = await self._next_of_leader(subject, self.seq_of(seq))
            if found is not None:
                head = head_of(found.data)
                return StoredIdentities(partition, self.position_of(found.seq), head.received_at, head.fingerprints)
            newest = await self._stream.of_leader(last_by_subj=subject)
            heads = {partition: self.position_of(newest.seq) if newest else 0}
            empty = Append(datetime.now(UTC), [NewBatch(partition, 0, b"", [], b"[]")], {})
            try:
                await self.append(empty, heads)
            except HeadMoved:
                continue

    async def missed(self, known: Mapping[int, int], since: datetime) -> list[StoredIdentities]:
        """What some batches hold that follow the positions `known` and were received at `since` or later, in the order
        of their partition; empty once there are no more."""
        return await self.missed_of(range(self.partitions), known, since)

    async def missed_of(
        self, partitions: Collection[int], known: Mapping[int, int], since: datetime
    ) -> list[StoredIdentities]:
        """As `missed`, of these partitions alone."""
        some = await asyncio.gather(*(self._missed(partition, known[partition], since) for partition in partitions))
        return [each for found in some for each in found]

    async def _missed(self, partition: int, after: int, since: datetime) -> list[StoredIdentities]:
        subject = self._stream.subject("batch", str(partition))
        if self.seq_of(after):
            found = await self._read(subject, self.seq_of(after), _MISSED_AT_ONCE)
        else:
            # The newest before anything else: what comes in meanwhile is still to be learnt.
            newest = await self._newest(subject)
            start = since - _CLOCKS_DIFFER
            if newest is not None and newest.stored_at < start:
                # All that there is was received before: where the partition stands is all there is to know.
                return [StoredIdentities(partition, self.position_of(newest.seq), since, b"")]
            recent = await self._stream.get(start_time=start.isoformat(), next_by_subj=subject, batch=_MISSED_AT_ONCE)
            found = [*whole(begun(recent))]
        missed = []
        for each in found:
            head = head_of(each.data)
            if head.beside is not None:
                self._learn(head.beside.tombstones)
            fingerprints = head.fingerprints if head.received_at >= since else b""
            missed.append(StoredIdentities(partition, self.position_of(each.seq), head.received_at, fingerprints))
        return missed

    async def tombstones(self, after: int) -> list[tuple[int, str, Tombstone]]:
        """The tombstones after number `after`, with their numbers and projects. An erasure puts them into a message to
        every partition, so that who knows how far one goes knows them."""
        if not self._knows_tombstones:
            subject = self._stream.subject("tombstone")
            at = 0
            while found := await self._stream.get(seq=at + 1, next_by_subj=subject, batch=_MISSED_AT_ONCE):
                at = found[-1].seq
                for each in whole(found):
                    self._learn(tombstones_of(each.data))
            self._knows_tombstones = True
        return [(number, *each) for each, number in self._tombstones.items() if number > after]

    def _learn(self, tombstones: list[tuple[str, Tombstone]]) -> None:
        for each in tombstones:
            self._tombstones.setdefault(each, len(self._tombstones) + 1)

    async def put_tombstones(self, project: str, tombstones: Collection[Tombstone]) -> dict[int, int]:
        """From its return on, nothing that these cover is appended to the log, by whatever node. Where the partitions
        stand then."""
        named = [(project, each) for each in tombstones]
        while True:
            heads = await self.heads()
            append = Append(datetime.now(UTC), [NewBatch(each, 0, b"", [], b"[]") for each in heads], {})
            messages = []
            for batch in append.batches:
                data = encode_batch(batch, append.received_at, Beside(tombstones=named))
                subject = self._stream.subject("batch", str(batch.partition))
                messages.append(Message(subject, data, self.seq_of(heads[batch.partition])))
            messages.append(Message(self._stream.subject("tombstone"), encode_tombstones(named)))
            try:
                last = await self._stream.publish(messages)
            except HeadMoved:
                continue
            await self._stream.notify()
            return {each: self.position_of(last - len(heads) + place) for place, each in enumerate(heads)}

    async def read(self, partition: int, after: int, limit: int = 16) -> list[StoredBatch]:
        """Up to `limit` batches of `partition` that follow position `after`, in order, none skipped."""
        found = await self._read(self._stream.subject("batch", str(partition)), self.seq_of(after), limit)
        return [stored_batch(partition, self.position_of(each.seq), each.data) for each in found]

    async def _read(self, subject: str, after: int, limit: int) -> list[Whole]:
        messages: list[Message] = []
        at = after
        while more := await self._stream.get(seq=at + 1, next_by_subj=subject, batch=limit):
            messages += more
            at = more[-1].seq
            if found := [*whole(messages)]:
                await self._require_none_skipped(subject, after, found)
                return found
        return []

    async def _require_none_skipped(self, subject: str, after: int, found: list[Whole]) -> None:
        """Raises LogUnavailable when a server that lags behind the others has left something out. Each batch says where
        its partition stood before it; where that is no longer there, the leader tells whether it was removed."""
        for each in found:
            if each.expected != after:
                first = await self._stream.of_leader(seq=after + 1, next_by_subj=subject)
                if first is None or first.seq != each.first:
                    raise LogUnavailable("the event log cannot be read: a server is behind the others")
                # What is no longer there may have told of tombstones; their own subject keeps them all.
                self._knows_tombstones = False
            after = each.seq

    async def reach(self) -> dict[int, int]:
        """For every partition, a position that no batch of it is beyond."""
        return dict.fromkeys(range(self.partitions), self.position_of(await self._stream.last_seq()))

    async def heads(self) -> dict[int, int]:
        """The position of the newest batch of every partition; 0 where there is none."""
        heads = dict.fromkeys(range(self.partitions), 0)
        subjects = [self._stream.subject("batch", str(each)) for each in heads]
        for partition, newest in enumerate(await asyncio.gather(*map(self._newest, subjects))):
            if newest is not None:
                heads[partition] = self.position_of(newest.seq)
        return heads

    async def waiting(self, reached: Mapping[int, Reached]) -> list[Waiting]:
        """What waits in every partition for readers that are so far. What another server than the leader says of it may
        be a moment old."""
        await self._stream.require_same()
        looks = asyncio.Semaphore(_LOOKS)

        async def look(partition: int) -> Waiting:
            applied = self.seq_of(reached[partition].seq) if partition in reached else 0
            subject = self._stream.subject("batch", str(partition))
            async with looks:
                messages, oldest_at = await self._stream.waiting(subject, applied)
                newest = await self._newest(subject) if messages else None
            return Waiting(partition, newest.seq if newest else applied, applied, messages, oldest_at)

        return await asyncio.gather(*map(look, range(self.partitions)))

    async def not_held(self, reached: Mapping[int, Reached]) -> list[int]:
        """None: positions carry the number of their stream, and those of another one are told apart by it."""
        return []

    async def waiting_for_archive(self, archived: int) -> tuple[int, datetime | None]:
        """How many messages of the stream follow a sequence number, and since when the oldest of them is there."""
        return await self._stream.waiting(self._stream.subject(">"), archived)

    async def wait(self, timeout: float) -> None:
        """Returns when a batch may have been appended since the last call, or after `timeout` seconds."""
        if not self._listens:
            await self._stream.listen(self._appended.set)
            self._listens = True
            return
        try:
            async with asyncio.timeout(timeout):
                await self._appended.wait()
        except TimeoutError:
            pass
        self._appended.clear()

    async def _newest(self, subject: str) -> Message | None:
        return await self._stream.of_leader(last_by_subj=subject)

    async def _next_of_leader(self, subject: str, seq: int) -> Whole | None:
        pieces: list[Message] = []
        while piece := await self._stream.of_leader(seq=seq, next_by_subj=subject):
            pieces.append(piece)
            if not piece.pieces:
                return next(whole(pieces))
            seq = piece.seq + 1
        return None

    def position_of(self, seq: int) -> int:
        """The position of a sequence number in this stream."""
        return self._stream.epoch << EPOCH_SHIFT | seq

    def seq_of(self, position: int) -> int:
        """The sequence number in this stream; 0 for a position in a log before it."""
        return position & _SEQ if position >> EPOCH_SHIFT == self._stream.epoch else 0


class JetStreamTurn:
    """Some partitions of the log, for the length of a decision."""

    def __init__(self, log: JetStreamLog, partitions: Collection[int]) -> None:
        self._log = log
        self._partitions = partitions

    async def missed(self, known: Mapping[int, int], since: datetime) -> list[StoredIdentities]:
        return await self._log.missed_of(self._partitions, known, since)

    async def tombstones(self, after: int) -> list[tuple[int, str, Tombstone]]:
        return await self._log.tombstones(after)

    async def append(self, append: Append, heads: Mapping[int, int]) -> dict[int, int]:
        return await self._log.append(append, heads)
