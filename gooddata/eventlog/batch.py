"""What moves through the log."""

from datetime import datetime

import msgspec


class NewBatch(msgspec.Struct, frozen=True):
    """A batch about to be appended. `fingerprints` holds 16 bytes an event; `body` is a JSON array of groups."""

    partition: int
    events: int
    fingerprints: bytes
    visitors: list[int]
    body: str


class StoredBatch(msgspec.Struct, frozen=True):
    """A batch as workers read it; `seq` counts from 1 in each partition, without gaps."""

    partition: int
    seq: int
    received_at: datetime
    events: int
    body: str


class Identities(msgspec.Struct, frozen=True):
    """The identities of a stored batch: what a writer needs to know of what other writers appended."""

    seq: int
    received_at: datetime
    fingerprints: bytes


class Rejection(msgspec.Struct, frozen=True):
    """An event that was refused, kept with its reason; `body` and `context`, which the events of its request share, are
    cut at the documented bound."""

    project: str
    event_id: str | None
    field: str | None
    reason: str
    body: bytes
    context: bytes | None = None
