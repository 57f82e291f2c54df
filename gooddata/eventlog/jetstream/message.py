"""What is in a message of the stream, and how what is too large for one becomes several."""

import struct
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import zstandard

from gooddata.errors import LogUnavailable
from gooddata.eventlog.batch import Append, NewBatch, Rejection, StoredBatch
from gooddata.persistence.erasure.person import Tombstone

EPOCH_SHIFT = 40  # a position is a stream's number and a sequence number in it: both are whole in 53 bits

PIECES = "Gooddata-Pieces"  # how many more messages of the same subject belong to what begins here, or goes on
EXPECTED = "Nats-Expected-Last-Subject-Sequence"
NEVER = datetime.min.replace(tzinfo=UTC)
NOWHERE = -1  # expected by what may follow anything
MOST_BODY_BYTES = (
    512 * 1_048_576
)  # eight times what one process of ingestion holds in memory; a frame may claim any size

_LENGTH = struct.Struct(">I")
_EPOCH = datetime.fromtimestamp(0, UTC)


class Damaged(LogUnavailable):
    """A message that nothing of GoodData wrote, or not like this."""


class Beside(msgspec.Struct, frozen=True, array_like=True):
    """What an append makes durable beside its batches."""

    ledger: list[tuple[str, datetime, str, str, int]] = []
    rejections: list[Rejection] = []
    rejected_bytes: int = 0
    tombstones: list[tuple[str, Tombstone]] = []


class Head(msgspec.Struct, frozen=True, array_like=True):
    """What a batch's message holds before the body."""

    received_at: datetime
    events: int
    fingerprints: bytes
    visitors: list[int]
    beside: Beside | None = None


class WriterNote(msgspec.Struct, frozen=True, array_like=True):
    """The newest of a writer: how far its spool is drained, and which appends without a batch were its last."""

    received_at: datetime
    drained: int = 0
    receipts: list[UUID] = []
    beside: Beside | None = None


class Message(msgspec.Struct, frozen=True):
    """A message as it is published, or as it is stored, then with its sequence number and when that was. `expected` is
    where its subject is expected to stand, or stood."""

    subject: str
    data: bytes
    expected: int = NOWHERE
    pieces: int = 0
    seq: int = 0
    stored_at: datetime = NEVER


class Whole(msgspec.Struct, frozen=True):
    """The messages of one thing, put together again; `seq` is the last one's."""

    subject: str
    data: bytes
    expected: int
    first: int
    seq: int


_encode = msgspec.msgpack.Encoder().encode
_decode_head = msgspec.msgpack.Decoder(Head).decode
_decode_note = msgspec.msgpack.Decoder(WriterNote).decode
# Of batches, level 1 makes less than level 3 does (55 to 61 bytes an event, not 58 to 63), in two thirds of its time.
_compress = zstandard.ZstdCompressor(level=1).compress
_decompress = zstandard.ZstdDecompressor().decompress
_decode_tombstones = msgspec.msgpack.Decoder(list[tuple[str, Tombstone]]).decode

# What reading bytes that are something else may raise.
_DAMAGES = (ValueError, struct.error, zstandard.ZstdError, RecursionError)


def beside_of(append: Append) -> Beside | None:
    """None where there is nothing beside the batches."""
    if not append.ledger and not append.rejections:
        return None
    ledger = [(*key, events) for key, events in sorted(append.ledger.items())]
    return Beside(ledger, list(append.rejections), append.rejected_bytes)


def encode_batch(batch: NewBatch, received_at: datetime, beside: Beside | None) -> bytes:
    head = _encode(Head(received_at, batch.events, batch.fingerprints, batch.visitors, beside))
    return b"".join([_LENGTH.pack(len(head)), head, _compress(batch.body)])


def head_of(data: bytes) -> Head:
    """Raises Damaged."""
    try:
        return _decode_head(memoryview(data)[4 : 4 + _LENGTH.unpack_from(data)[0]])
    except _DAMAGES as failure:
        raise Damaged(f"a batch of the event log's stream cannot be read: {failure}") from failure


def body_of(data: bytes) -> bytes:
    """Raises Damaged."""
    try:
        packed = data[4 + _LENGTH.unpack_from(data)[0] :]
        if zstandard.frame_content_size(packed) > MOST_BODY_BYTES:
            raise ValueError("it says that it opens to more than any batch has")
        return _decompress(packed)
    except _DAMAGES as failure:
        raise Damaged(f"the body of a batch of the event log's stream cannot be read: {failure}") from failure


def encode_empty(head: Head) -> bytes:
    """A batch without events."""
    encoded = _encode(head)
    return b"".join([_LENGTH.pack(len(encoded)), encoded, _compress(b"[]")])


def stored_batch(partition: int, position: int, data: bytes) -> StoredBatch:
    """Of a damaged message a batch that cannot be read, which workers note and go past."""
    try:
        head = head_of(data)
        return StoredBatch(partition, position, head.received_at, head.events, body_of(data))
    except Damaged:
        return StoredBatch(partition, position, _EPOCH, 0, b"")


def encode_note(note: WriterNote) -> bytes:
    return _encode(note)


def note_of(data: bytes) -> WriterNote:
    """Raises Damaged."""
    try:
        return _decode_note(data)
    except _DAMAGES as failure:
        raise Damaged(f"a writer's note in the event log's stream cannot be read: {failure}") from failure


def encode_tombstones(tombstones: list[tuple[str, Tombstone]]) -> bytes:
    return _encode(tombstones)


def tombstones_of(data: bytes) -> list[tuple[str, Tombstone]]:
    """Raises Damaged."""
    try:
        return _decode_tombstones(data)
    except _DAMAGES as failure:
        raise Damaged(f"tombstones in the event log's stream cannot be read: {failure}") from failure


def in_pieces(subject: str, data: bytes, expected: int, most: int) -> list[Message]:
    """Messages of no more than `most` bytes; the first one's subject must stand at `expected`."""
    parts = [data[start : start + most] for start in range(0, len(data), most)]
    last = len(parts) - 1
    return [Message(subject, part, NOWHERE if place else expected, last - place) for place, part in enumerate(parts)]


def begun(messages: list[Message]) -> list[Message]:
    """Messages of a partition's subject, from the first on that begins a batch: who looks by time may come upon the
    pieces of one in the middle."""
    start = next((place for place, message in enumerate(messages) if message.expected != NOWHERE), len(messages))
    return messages[start:]


def whole(messages: Iterable[Message]) -> Iterator[Whole]:
    """What messages, which follow each other in the stream or on a subject, are pieces of; one that is not there to its
    end is left out. What is in several pieces was stored at once, so nothing comes between them."""
    pieces: list[Message] = []
    for message in messages:
        pieces.append(message)
        if not message.pieces:
            data = message.data if len(pieces) == 1 else b"".join([piece.data for piece in pieces])
            yield Whole(message.subject, data, pieces[0].expected, pieces[0].seq, message.seq)
            pieces = []
