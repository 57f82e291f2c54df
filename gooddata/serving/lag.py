"""How far workers are behind what came in, partition by partition, and the archive; and who works."""

from datetime import timedelta
from typing import Any

import msgspec

from gooddata.errors import LogUnavailable
from gooddata.eventlog.lag import ArchiveLag, PartitionLag
from gooddata.serving.store import Store

ALIVE = timedelta(seconds=15)  # within which a worker shows itself, several times over

_WORKERS = """
    SELECT w.owner AS name, now() - w.seen_at < $1 AS alive, w.seen_at,
           (SELECT count(*) FROM analytics.cursor c WHERE c.owner = w.owner) AS partitions
    FROM analytics.worker w ORDER BY w.owner"""
_EXPIRED = "SELECT count(*) FROM analytics.cursor WHERE owner IS NULL OR leased_until < now()"


class Lags(msgspec.Struct, frozen=True):
    """Of every partition, and of the archive where there is one; nothing is known where not `log_answers`."""

    partitions: list[PartitionLag]
    archive: ArchiveLag | None
    log_answers: bool


async def lags(store: Store) -> Lags:
    if store.log_lag is None:
        return Lags([], None, False)
    try:
        return Lags(*await store.log_lag.now(), True)
    except LogUnavailable:
        return Lags([], None, False)


async def workers(store: Store) -> list[dict[str, Any]]:
    """The workers that there are: `name`, `alive`, `seen_at`, and how many `partitions` each holds."""
    return [dict(row) for row in await store.analytics.fetch(_WORKERS, ALIVE)]


async def expired_leases(store: Store) -> int:
    """Partitions of which nobody holds a valid lease."""
    return int(await store.analytics.fetchval(_EXPIRED))
