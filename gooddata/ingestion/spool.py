"""A durable queue on this machine's disk, for what arrives while the log is away.

A spool is a folder of segments, each a file of records: a mark, length and checksum, then the record. Records are
numbered from 1, without gaps; a segment is named by the number of its first. What was being written when the machine
went down was never acknowledged, and is cut off when the spool is opened.
"""

import fcntl
import logging
import math
import os
import struct
import uuid
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from gooddata.errors import GoodDataError
from gooddata.eventlog.batch import Receipt
from gooddata.ingestion.arrival import Arrival
from gooddata.persistence.sync_folder import sync_folder

SEGMENT_BYTES = 16 * 1_048_576
DAMAGED = ".damaged"

_HEAD = struct.Struct("<4sIIQ")
_MARK = b"gds1"

logger = logging.getLogger(__name__)


class SpoolFull(GoodDataError):
    """The spool has no room for more, or holds what has waited too long."""


class Attempt(msgspec.Struct, frozen=True):
    """An append that may have happened although it was not confirmed: if it did, the log holds at this position a batch
    that was received at that very moment, with these `fingerprints` (their checksum). Without the moment, a batch of
    the same events that another writer brought would be taken for it."""

    partition: int
    seq: int
    received_at: datetime
    fingerprints: int


class Record(msgspec.Struct):
    """An arrival, and, where an append of it was not confirmed, that append: by its batch, or by its receipt."""

    arrival: Arrival
    attempt: Attempt | None = None
    receipt: Receipt | None = None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Record).decode


class Spool:
    """The spool in a folder, which this process alone may use. Raises BlockingIOError when another process does.

    `is_whole` is whether every byte in it was of a whole record when it was opened.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._most_bytes = most_bytes
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise
        self._segments = sorted(folder.glob("*.segment"))
        # Numbers start anew in a spool without records, so the log must not know it by its former name.
        self.id = _kept_id(folder / "id", fresh=not self._segments)
        self._file: int | None = None
        self._file_bytes = 0
        self._bytes = sum(segment.stat().st_size for segment in self._segments)
        self.last = self.drained = int(self._segments[0].stem) - 1 if self._segments else 0
        # When the first record of each append was received, by its number.
        self._ages: deque[tuple[int, int]] = deque()
        self._damaged: set[Path] = set()
        self.is_whole = True
        for segment in self._segments:
            content, expected = segment.read_bytes(), int(segment.stem)
            if self.last and expected != self.last + 1:
                self._tell_damage(segment, f"the records before number {expected} are not there")
            for damage in damages_in(content, expected):
                if isinstance(damage, _CutShort):
                    self.is_whole = False
                    logger.warning("%s ends within a record, which %s", segment, damage)
                else:
                    self._tell_damage(segment, damage)
            for self.last, record in records_in(content):
                self._ages.append((self.last, record.arrival.received_at))
        if self.is_empty:
            # Nothing whole is left in them.
            while self._segments:
                self._remove(self._segments.pop(0))

    def _tell_damage(self, segment: Path, damage: str) -> None:
        self.is_whole = False
        self._damaged.add(segment)
        logger.error("%s is damaged: %s; what was acknowledged there is lost; passing over it", segment, damage)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
        os.close(self._lock)

    @property
    def is_empty(self) -> bool:
        return self.drained >= self.last

    @property
    def oldest_at(self) -> float:
        """When the oldest record that is left was received, in epoch milliseconds; infinite where there is none."""
        return self._ages[0][1] if self._ages else math.inf

    @property
    def most_bytes(self) -> int:
        return self._most_bytes

    @property
    def bytes(self) -> int:
        """Of the segments on disk."""
        return self._bytes

    def append(self, records: Sequence[Record]) -> None:
        """Adds records; they are on disk when it returns, or none is added. Raises SpoolFull, or OSError."""
        parts = []
        for number, record in enumerate(records, self.last + 1):
            body = _encode(record)
            parts += [_HEAD.pack(_MARK, len(body), zlib.crc32(body, number & 0xFFFFFFFF), number), body]
        written = b"".join(parts)
        if self._bytes + len(written) > self._most_bytes:
            raise SpoolFull(f"the spool holds {self._bytes:,} bytes; at most {self._most_bytes:,} are taken")
        file = self._current()
        try:
            _write_all(file, written)
            os.fsync(file)
        except OSError:
            # Cut off what was written of it, so that what comes next follows a whole record.
            os.ftruncate(file, self._file_bytes)
            raise
        self._ages.append((self.last + 1, records[0].arrival.received_at))
        self._file_bytes += len(written)
        self._bytes += len(written)
        self.last += len(records)

    def read(self, most: int) -> list[tuple[int, Record]]:
        """The oldest records that are not drained, with their numbers: as many as hold about `most` events."""
        found: list[tuple[int, Record]] = []
        events = 0
        for segment in self._segments:
            for number, record in records_in(segment.read_bytes()):
                if number <= self.drained:
                    continue
                found.append((number, record))
                events += record.arrival.count + 1
                if events >= most:
                    return found
        return found

    def forget(self, to: int) -> None:
        """Notes that the records up to number `to` are in the log, and removes the segments that hold no others."""
        self.drained = max(self.drained, to)
        self.last = max(self.last, self.drained)
        # An append may be drained in part: what is left of it is as old as its first record.
        while self._ages and (self.is_empty or (len(self._ages) > 1 and self._ages[1][0] <= self.drained + 1)):
            self._ages.popleft()
        while self._segments and (self.is_empty or self._ends_by(self.drained)):
            segment = self._segments.pop(0)
            if not self._segments and self._file is not None:
                os.close(self._file)
                self._file = None
            self._remove(segment)

    def _remove(self, segment: Path) -> None:
        """A damaged one stays under another name, so that somebody may look at it, and doctor tells."""
        self._bytes -= segment.stat().st_size
        if segment in self._damaged:
            segment.replace(segment.with_suffix(DAMAGED))
        else:
            segment.unlink()

    def _ends_by(self, number: int) -> bool:
        return len(self._segments) > 1 and int(self._segments[1].stem) - 1 <= number

    def _current(self) -> int:
        if self._file is not None and self._file_bytes >= SEGMENT_BYTES:
            os.close(self._file)
            self._file = None
        if self._file is None:
            segment = self._folder / f"{self.last + 1:020}.segment"
            self._file = os.open(segment, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file_bytes = 0
            sync_folder(self._folder)
            if segment not in self._segments:
                self._segments.append(segment)
        return self._file


def claim_spools(folder: Path, most_bytes: int) -> tuple[Spool, list[Spool]]:
    """A spool for this process, and those that processes which are no more have left with records in them."""
    own: Spool | None = None
    left: list[Spool] = []
    number = 0
    while own is None or (folder / str(number)).exists():
        try:
            spool = Spool(folder / str(number), most_bytes)
        except BlockingIOError:
            number += 1
            continue
        # The log may have records that are not here any more, and would take new ones of their numbers for them.
        if own is None and spool.is_whole:
            own = spool
        elif spool.is_empty:
            spool.close()
        else:
            left.append(spool)
        number += 1
    return own, left


def records_in(content: bytes) -> Iterator[tuple[int, Record]]:
    """The whole records of a segment, with their numbers. What is damaged is passed over."""
    for number, _, _, body in _whole(content):
        with suppress(ValueError, RecursionError):  # msgspec's own are ValueErrors
            yield number, _decode(body)


class _CutShort(str):
    """Said of a record whose end is missing where the segment ends."""


def damages_in(content: bytes, expected: int) -> Iterator[str]:
    """Says what of a segment, whose first record has the number `expected`, is no whole record of a known form."""
    at = 0
    for number, start, end, body in _whole(content):
        if start > at:
            yield f"{start - at} bytes from byte {at} on are no record"
        if number > expected:
            yield f"records {expected} to {number - 1} are not there"
        try:
            _decode(body)
        except (ValueError, RecursionError) as failure:
            yield f"record {number} is of no known form: {failure}"
        at, expected = end, number + 1
    if at < len(content):
        rest = content[at:]
        length = _HEAD.unpack_from(rest)[1] if len(rest) >= _HEAD.size else len(rest)
        if rest[: len(_MARK)] == _MARK[: len(rest)] and len(rest) < _HEAD.size + length:
            yield _CutShort("was being written when its process ended, unless somebody has cut the file")
        else:
            yield f"{len(rest)} bytes from byte {at} on are no record"


def _whole(content: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """Number, start, end and body of the records of which every byte is there."""
    at = 0
    while (at := content.find(_MARK, at)) >= 0 and at + _HEAD.size <= len(content):
        _, length, checksum, number = _HEAD.unpack_from(content, at)
        start = at + _HEAD.size
        body = content[start : start + length]
        if len(body) == length and zlib.crc32(body, number & 0xFFFFFFFF) == checksum:
            yield number, at, start + length, body
            at = start + length
        else:
            at += 1


def _write_all(file: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(file, rest) :]


def _kept_id(path: Path, fresh: bool) -> uuid.UUID:
    """The name by which the log knows this spool, made anew when asked."""
    if not fresh and path.exists() and (text := path.read_text().strip()):
        return uuid.UUID(text)
    made = uuid.uuid4()
    half_written = path.with_suffix(".new")
    half_written.write_text(str(made))
    half_written.replace(path)
    return made
