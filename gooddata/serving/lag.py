"""How far workers are behind what came in, partition by partition; and who works."""

from datetime import timedelta
from typing import Any

from gooddata.serving.store import Store
from gooddata.sql import statement

ALIVE = timedelta(seconds=15)  # within which a worker shows itself, several times over

_PARTITIONS = statement("gooddata.serving.queries", "partitions")
_CURSORS = "SELECT partition, seq, caught_up_at, owner FROM analytics.cursor ORDER BY partition"
_WORKERS = "SELECT owner AS name, now() - seen_at < $1 AS alive, seen_at FROM analytics.worker ORDER BY owner"
_EXPIRED = "SELECT count(*) FROM analytics.cursor WHERE owner IS NULL OR leased_until < now()"


async def lag_by_partition(store: Store) -> list[dict[str, Any]]:
    """Of every partition `partition`, `head`, `applied`, `behind` (batches), `lag_ms` (0 where nothing waits) and
    `worker`, who holds it."""
    cursors = await store.analytics.fetch(_CURSORS)
    columns = [[cursor[name] for cursor in cursors] for name in ("partition", "seq", "caught_up_at")]
    holders = {cursor["partition"]: cursor["owner"] for cursor in cursors}
    return [
        dict(row) | {"lag_ms": round(row["lag_ms"] or 0), "worker": holders.get(row["partition"])}
        for row in await store.raw.fetch(_PARTITIONS, *columns)
    ]


async def workers(store: Store) -> list[dict[str, Any]]:
    """The workers that there are: `name`, `alive`, `seen_at`."""
    return [dict(row) for row in await store.analytics.fetch(_WORKERS, ALIVE)]


async def expired_leases(store: Store) -> int:
    """Partitions of which nobody holds a valid lease."""
    return int(await store.analytics.fetchval(_EXPIRED))
