"""Where an event is, by its id: found in the log without decoding more than the batches that mention it."""

import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from gooddata.event import Event, decode_batch, derived_id, partition_of
from gooddata.persistence.raw_events import log_heads
from gooddata.sql import statement

_FIND = statement(__package__, "find_event")
_REJECTED = """SELECT received_at, reason, field, replayed_at FROM raw.rejection
               WHERE project_id = $1 AND event_id = $2 ORDER BY received_at DESC, id DESC LIMIT 20"""
_ERASED = "SELECT until, made_at FROM raw.tombstone WHERE project_id = $1 AND subject = $2 ORDER BY until DESC LIMIT 1"
_AT_ONCE = 64


class Place(msgspec.Struct, frozen=True):
    """The event at a place of a batch, counted from 0."""

    partition: int
    seq: int
    place: int
    received_at: datetime
    event: Event


class Search(msgspec.Struct):
    """`looked_back_to` is when the oldest batch was received that was looked into; `whole` says whether that is all of
    the log that the event could be in."""

    found: Place | None = None
    looked_back_to: datetime | None = None
    whole: bool = True


async def find_event(connection: Any, project: str, event: str, visitor: str | None, seconds: float) -> Search:
    """Looks for an event of a project, by its id as it was sent or as raw.events has it, from the newest batch
    backwards for so many seconds; of one visitor it is in one partition."""
    search = Search()
    deadline = time.monotonic() + seconds
    positions = {partition: head + 1 for partition, head in (await log_heads(connection)).items()}
    if visitor is not None:
        own = partition_of(project, visitor, len(positions))
        positions = {own: positions[own]}
    text = msgspec.json.encode(event)[1:-1]
    while positions:
        for partition, seq in list(positions.items()):
            if time.monotonic() > deadline:
                search.whole = False
                return search
            rows = await connection.fetch(_FIND, partition, seq, text, _AT_ONCE)
            if not rows:
                del positions[partition]
                continue
            positions[partition] = rows[-1]["seq"]
            search.looked_back_to = min(filter(None, (search.looked_back_to, rows[-1]["received_at"])))
            for row in rows:
                if row["body"] is not None and (place := _place(row, partition, project, event)):
                    search.found = place
                    return search
    return search


def _place(row: Any, partition: int, project: str, event: str) -> Place | None:
    try:
        for place, each in enumerate(decode_batch(row["body"])):
            if each.project == project and event in (each.id, each.message_id):
                return Place(partition, row["seq"], place, row["received_at"], each)
    except msgspec.DecodeError:
        return None  # nobody can read it: what is at which place of it, neither
    return None


async def rejections_with_id(connection: Any, project: str, event: str) -> list[dict[str, Any]]:
    """When an event with this id was refused, and why; the newest first."""
    return [dict(row) for row in await connection.fetch(_REJECTED, project, event)]


async def erased_until(connection: Any, project: str, subjects: Iterable[UUID]) -> datetime | None:
    """Up to when what is dated of these people, by their keyed hashes, is erased."""
    rows = [await connection.fetchrow(_ERASED, project, subject) for subject in subjects]
    return max((row["until"] for row in rows if row is not None), default=None)


def uuid_of(project: str, event: str) -> str:
    """The id by which analytics knows an event."""
    try:
        return str(UUID(event))
    except ValueError:
        return derived_id(project, event)
