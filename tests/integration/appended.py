"""Events as ingestion stores them: batches appended to the raw log of a test, in the documented form."""

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from gooddata.event import partition_of, visitor_mark


def body_of(events: Iterable[dict[str, Any]], project: str, received_at: int | None = None) -> str:
    """A stored batch of `events`, each with its timestamp in epoch ms; `shared_context` becomes their group's."""
    groups: list[dict[str, Any]] = []
    for event in events:
        sent = dict(event)
        context = sent.pop("shared_context", {})
        at = sent.pop("timestamp")
        if not groups or groups[-1]["context"] != context:
            received = received_at if received_at is not None else int(time.time() * 1_000)
            groups.append({"project": project, "received_at": received, "context": context, "times": [], "events": []})
        groups[-1]["times"].append(at)
        groups[-1]["events"].append(sent)
    return msgspec.json.encode(groups).decode()


async def append(
    raw: Any, project: str, events: Iterable[dict[str, Any]], *, partitions: int = 4, received_at: int | None = None
) -> None:
    """Appends events as one batch per partition, in one transaction."""
    by_partition: dict[int, list[dict[str, Any]]] = {}
    for event in events:
        by_partition.setdefault(partition_of(project, event["visitor"], partitions), []).append(event)
    async with raw.transaction():
        for partition, own in sorted(by_partition.items()):
            marks = sorted({visitor_mark(project, event["visitor"]) for event in own})
            await append_body(raw, partition, body_of(own, project, received_at), len(own), marks)
        await raw.execute("NOTIFY gooddata_batch")


async def append_body(raw: Any, partition: int, body: str, events: int, marks: Sequence[int] = ()) -> int:
    """Appends one batch, whatever its body, and gives its position."""
    seq = await raw.fetchval("UPDATE raw.partition SET head = head + 1 WHERE partition = $1 RETURNING head", partition)
    await raw.execute(
        "INSERT INTO raw.batch VALUES ($1, $2, $3, $4, '', $6, $5)",
        partition,
        seq,
        datetime.now(UTC),
        events,
        body.encode(),
        list(marks),
    )
    return seq
