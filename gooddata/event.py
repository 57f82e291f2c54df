"""The vocabulary that every stage shares: the event, its identity, its partition, and the body of a stored batch.

A stored batch is a JSON array of groups. A group holds events of one request, one project and one partition:
`{"project", "received_at", "context"?, "trace"?, "ids"?, "times", "events"}`. `events` are the senders' own JSON,
untouched; `times` are their timestamps as ingestion settled them (epoch milliseconds); `ids` is there when the id of an
event is no UUID; `trace` is the traceparent of a request that is traced. What all of a request's events share is stored
once, which is why a group and not the event carries it.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import msgspec
import xxhash

EVENT_TYPES = ("track", "page", "screen", "identify", "group", "alias")

_ID_NAMESPACE = uuid.UUID("6e2f1c5a-9f0b-5d0e-8b7a-2c1d3e4f5a6b")


class SentEvent(msgspec.Struct):
    """The fields of an event as senders write it, GoodData's names and Segment's side by side."""

    type: str | None = None
    id: str | None = None
    message_id: str | None = msgspec.field(default=None, name="messageId")
    name: str | None = None
    event: str | None = None
    visitor: str | None = None
    anonymous_id: str | None = msgspec.field(default=None, name="anonymousId")
    user: str | None = None
    user_id: str | None = msgspec.field(default=None, name="userId")
    session: str | None = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None
    context: dict[str, Any] | None = None
    vector: list[float] | None = None


class Group(msgspec.Struct, omit_defaults=True):
    """Events of one request, one project and one partition; times in epoch milliseconds."""

    project: str
    received_at: int
    times: list[int]
    events: list[msgspec.Raw]
    context: dict[str, Any] = {}
    ids: list[str | None] | None = None


class Event(msgspec.Struct):
    """One event, whole. `timestamp` and `received_at` are epoch milliseconds; `id` is a UUID, `message_id` as sent."""

    project: str
    id: str
    message_id: str | None
    type: str
    name: str | None
    visitor: str
    user: str | None
    session: str | None
    timestamp: int
    received_at: int
    properties: dict[str, Any]
    context: dict[str, Any]
    vector: list[float] | None


_decode_groups = msgspec.json.Decoder(list[Group]).decode
_decode_sent = msgspec.json.Decoder(SentEvent).decode


def derived_id(project: str, message_id: str) -> str:
    """The UUIDv5 that stands for a message id that is no UUID itself."""
    return str(uuid.uuid5(_ID_NAMESPACE, f"{project}\n{message_id}"))


def visitor_hash(project: str, visitor: str) -> int:
    """64 bits that stand for a visitor: its partition, its mark and its part of an event's identity come from them."""
    return xxhash.xxh3_64_intdigest(f"{project}\n{visitor}".encode())


def partition_of(project: str, visitor: str, partitions: int) -> int:
    """The partition, 0 to `partitions` - 1, that holds all events of one visitor."""
    return visitor_hash(project, visitor) % partitions


def visitor_mark(project: str, visitor: str) -> int:
    """A signed 32-bit mark by which a batch tells, without its body, which visitors it may hold."""
    return mark_of(visitor_hash(project, visitor))


def mark_of(visitor: int) -> int:
    """The mark of a visitor whose hash is `visitor`."""
    return (visitor >> 32) - 0x80000000


def decode_batch(body: bytes | str) -> Iterator[Event]:
    """The events of a stored batch, in the order in which they were accepted.

    Raises msgspec.DecodeError when `body` is not a stored batch.
    """
    for group in _decode_groups(body):
        ids = group.ids or [None] * len(group.events)
        for raw, at, derived in zip(group.events, group.times, ids, strict=True):
            sent = _decode_sent(raw)
            user = sent.user or sent.user_id
            context = group.context
            if sent.context:
                context = {**context, **sent.context}
            kind = sent.type or "track"
            yield Event(
                project=group.project,
                id=derived or sent.id or sent.message_id or "",
                message_id=sent.id or sent.message_id,
                type=kind,
                name=sent.name or sent.event if kind == "track" else sent.name,
                visitor=sent.visitor or sent.anonymous_id or user or "",
                user=user,
                session=sent.session,
                timestamp=at,
                received_at=group.received_at,
                properties=sent.properties or sent.traits or {},
                context=context,
                vector=sent.vector,
            )
