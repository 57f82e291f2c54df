"""Raw events for people: what the view raw.events shows, read from the newest batch backwards, or as it comes in.

Batches are decoded here and not unrolled by the view, which knows no order: the last hundred of ten million events, and
one visitor's among them, take a few batches.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from gooddata.errors import InputError
from gooddata.event import Event, decode_batch, partition_of, visitor_mark
from gooddata.persistence.span import span
from gooddata.sql import statement

_NEWEST = statement(__package__, "newest_batches")
_MARKED = statement(__package__, "marked_batches")
_NEXT = statement(__package__, "next_batches")
_HEADS = "SELECT partition, head FROM raw.partition ORDER BY partition"
_APPENDED = "gooddata_batch"
_AT_ONCE = 16
_LOOK_SECONDS = 1.0  # for batches of which no notice came


class Wanted(msgspec.Struct, frozen=True):
    """Which events; what is None does not matter. `since` is about when they were received."""

    project: str | None = None
    visitor: str | None = None
    user: str | None = None
    type: str | None = None
    name: str | None = None
    since: datetime | None = None

    def is_met_by(self, event: Event) -> bool:
        for field in ("project", "visitor", "user", "type", "name"):
            if (asked := getattr(self, field)) is not None and getattr(event, field) != asked:
                return False
        return self.since is None or event.received_at >= self.since.timestamp() * 1_000


Heads = Mapping[int, int]  # the newest position of every partition


async def log_heads(connection: Any) -> Heads:
    """How far the log goes now."""
    return {row["partition"]: row["head"] for row in await connection.fetch(_HEADS)}


async def newest_events(connection: Any, wanted: Wanted, limit: int, heads: Heads) -> list[dict[str, Any]]:
    """The newest events up to `heads` that are wanted, oldest of them first, with the columns of raw.events."""
    found: list[dict[str, Any]] = []
    newest: datetime | None = None
    async for received_at, rows in _backwards(connection, wanted, heads):
        # What came in at the same moment is in several partitions.
        if len(found) >= limit and received_at != newest:
            break
        newest = received_at
        found += rows
    found.sort(key=lambda row: (row["received_at"], row["timestamp"]))
    return found[-limit:] if limit else []


async def events_as_they_come(connection: Any, wanted: Wanted, heads: Heads) -> AsyncIterator[dict[str, Any]]:
    """The events that are appended after `heads`, without end."""
    positions = dict(heads)
    appended = asyncio.Event()
    await connection.add_listener(_APPENDED, lambda *_: appended.set())
    while True:
        for partition in positions:
            while batches := await connection.fetch(_NEXT, partition, positions[partition], _AT_ONCE):
                for batch in batches:
                    positions[partition] = batch["seq"]
                    for row in _rows(partition, batch, wanted):
                        yield row
        with suppress(TimeoutError):
            await asyncio.wait_for(appended.wait(), _LOOK_SECONDS)
        appended.clear()


async def all_events(connection: Any, wanted: Wanted) -> AsyncIterator[dict[str, Any]]:
    """All events that are wanted, partition by partition, each in the order of the log, up to where it goes now."""
    for partition, head in (await log_heads(connection)).items():
        seq = 0
        while seq < head and (batches := await connection.fetch(_NEXT, partition, seq, _AT_ONCE)):
            for batch in batches:
                seq = batch["seq"]
                for row in _rows(partition, batch, wanted):
                    yield row


async def _backwards(
    connection: Any, wanted: Wanted, heads: Heads
) -> AsyncIterator[tuple[datetime, list[dict[str, Any]]]]:
    """The wanted events of each batch that may hold some, from the newest batch on, and when that was received."""
    mark = None
    if wanted.project is not None and wanted.visitor is not None:
        mark = visitor_mark(wanted.project, wanted.visitor)
        heads = {own: heads[own] for own in [partition_of(wanted.project, wanted.visitor, len(heads))]}

    async def before(partition: int, seq: int) -> deque[Any]:
        if mark is None:
            return deque(await connection.fetch(_NEWEST, partition, seq, _AT_ONCE))
        return deque(await connection.fetch(_MARKED, partition, seq, mark, _AT_ONCE))

    waiting = {partition: await before(partition, head + 1) for partition, head in heads.items()}
    order = [(-batches[0]["received_at"].timestamp(), partition) for partition, batches in waiting.items() if batches]
    heapq.heapify(order)
    while order:
        _, partition = heapq.heappop(order)
        batch = waiting[partition].popleft()
        if wanted.since is not None and batch["received_at"] < wanted.since:
            continue  # and so are all before it
        if not waiting[partition]:
            waiting[partition] = await before(partition, batch["seq"])
        if waiting[partition]:
            heapq.heappush(order, (-waiting[partition][0]["received_at"].timestamp(), partition))
        yield batch["received_at"], list(_rows(partition, batch, wanted))


def _rows(partition: int, batch: Any, wanted: Wanted) -> Iterator[dict[str, Any]]:
    for event in decode_batch(batch["body"]):
        if wanted.is_met_by(event):
            yield row_of(event, partition, batch["seq"])


def row_of(event: Event, partition: int, seq: int) -> dict[str, Any]:
    """An event with the columns of raw.events."""
    row = {name: getattr(event, name) for name in event.__struct_fields__ if name != "project"}
    moments = {name: datetime.fromtimestamp(row[name] / 1_000, UTC) for name in ("timestamp", "received_at")}
    return row | moments | {"id": UUID(event.id), "project_id": event.project, "batch_id": f"{partition}-{seq}"}


def since_moment(text: str | None) -> datetime | None:
    """A moment written as ISO 8601, or as a span before now (90s, 30m, 2h, 7d)."""
    if text is None:
        return None
    try:
        if (before := span(text)) is not None:
            return datetime.now(UTC) - before
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise InputError(
            "--since takes a date and time as 2026-05-17T10:00, or a span as 30m, 2h, 7d", "since"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def table_line(row: dict[str, Any]) -> str:
    """One event in one line."""
    page = row["context"].get("page")
    path = page.get("path", "") if isinstance(page, dict) else ""
    return (
        f"{row['timestamp']:%Y-%m-%d %H:%M:%S}  {row['visitor'][:36]:36}  {row['type']:8}  {row['name'] or ''}  {path}"
    )
