"""What moves through the log."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

LedgerKey = tuple[str, datetime, str, str]


class NewBatch(msgspec.Struct, frozen=True):
    """A batch about to be appended. `fingerprints` holds 8 bytes an event, in the order of `body`, a JSON array of
    groups; `visitors` the marks of the visitors in it."""

    partition: int
    events: int
    fingerprints: bytes
    visitors: list[int]
    body: bytes


class StoredBatch(msgspec.Struct, frozen=True):
    """A batch as workers read it; `seq` is its position, and grows within a partition."""

    partition: int
    seq: int
    received_at: datetime
    events: int
    body: bytes


class StoredIdentities(msgspec.Struct, frozen=True):
    """The identities of a stored batch: what a writer needs to know of what other writers appended. Without any, it
    says no more than how far the partition goes."""

    partition: int
    seq: int
    received_at: datetime
    fingerprints: bytes


class Reached(msgspec.Struct, frozen=True):
    """How far a reader is in a partition, and when what it came to was received."""

    seq: int
    at: datetime | None = None


class Waiting(msgspec.Struct, frozen=True):
    """What waits in a partition for its reader: so many batches (messages, on NATS), the oldest since a moment. `head`
    and `applied`, the newest batch and the reader's, are counted in this log."""

    partition: int
    head: int
    applied: int
    batches: int
    oldest_at: datetime | None


class Rejection(msgspec.Struct, frozen=True):
    """An event that was refused, kept with its reason; `body` and `context`, which the events of its request share, are
    cut at the documented bound."""

    project: str
    event_id: str | None
    field: str | None
    reason: str
    body: bytes
    context: bytes | None = None


class Drained(msgspec.Struct, frozen=True):
    """How far a spool is drained by an append: records up to number `to`."""

    spool: UUID
    to: int


class Receipt(msgspec.Struct, frozen=True):
    """By what an append without a batch is recognised, should its answer be lost: its writer's name, and its own."""

    writer: UUID
    receipt: UUID


class Append(msgspec.Struct, frozen=True):
    """What one append makes durable, all of it or nothing: at most one batch per partition, what is added to the ledger
    by (project, hour, outcome, reason), what is kept of refused events, up to `rejected_bytes` a project and day, how
    far a spool is drained, a receipt."""

    received_at: datetime
    batches: Sequence[NewBatch]
    ledger: Mapping[LedgerKey, int]
    rejections: Sequence[Rejection] = ()
    rejected_bytes: int = 0
    drained: Drained | None = None
    receipt: Receipt | None = None
