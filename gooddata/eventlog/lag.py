"""How far the workers are behind the log, partition by partition, and the archive behind a log on NATS."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from gooddata.errors import LogReplaced
from gooddata.eventlog.batch import Reached
from gooddata.eventlog.log import EventLog
from gooddata.sql import statement

_CURSORS = statement(__package__, "cursors")
_ARCHIVED = statement(__package__, "archived")


class PartitionLag(msgspec.Struct, frozen=True):
    """`behind` batches (messages, on NATS) wait for `worker`, the oldest for `lag_ms`. `head` and `applied` are the
    newest batch and the newest that was applied, counted in the log that there is now."""

    partition: int
    head: int
    applied: int
    behind: int
    lag_ms: int
    worker: str | None


class ArchiveLag(msgspec.Struct, frozen=True):
    """`behind` messages wait for the archive, the oldest for `lag_ms`."""

    behind: int
    lag_ms: int


async def require_held(log: EventLog, analytics: Any) -> None:
    """Raises LogReplaced where workers have come to what the log does not hold: what is appended up to there
    would not be applied. `analytics` may read the workers' cursors. Raises LogUnavailable as well."""
    partitions = await log.not_held(_reached(await analytics.fetch(_CURSORS)))
    if partitions:
        raise LogReplaced(
            f"the raw database is not the one that analytics was made from: in partitions {partitions} workers have "
            "come to what it does not hold. It is older, or another one: restore both from one backup"
        )


async def lag_by_partition(log: EventLog, analytics: Any) -> list[PartitionLag]:
    """Of every partition of the log; `analytics` may read the workers' cursors. Raises LogUnavailable, and what the
    database raises."""
    cursors = {row["partition"]: row for row in await analytics.fetch(_CURSORS)}
    reached = _reached([*cursors.values()])
    now = datetime.now(UTC)
    return [
        PartitionLag(
            each.partition,
            each.head,
            each.applied,
            each.batches,
            _milliseconds(each.oldest_at, now),
            cursors[each.partition]["owner"] if each.partition in cursors else None,
        )
        for each in await log.waiting(reached)
    ]


async def archive_lag(log: EventLog, raw: Any) -> ArchiveLag | None:
    """None where the log is in the raw database itself, and nothing is to be moved there; `raw` may read how far the
    archive is."""
    if log.epoch is None:
        return None
    archived = await raw.fetchval(_ARCHIVED, log.epoch) or 0
    batches, oldest_at = await log.waiting_for_archive(archived)
    return ArchiveLag(batches, _milliseconds(oldest_at, datetime.now(UTC)))


def _reached(cursors: list[Any]) -> dict[int, Reached]:
    return {row["partition"]: Reached(row["seq"], row["caught_up_at"]) for row in cursors}


def _milliseconds(oldest_at: datetime | None, now: datetime) -> int:
    return 0 if oldest_at is None else max(round((now - oldest_at).total_seconds() * 1_000), 0)
