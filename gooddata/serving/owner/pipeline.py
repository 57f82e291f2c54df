"""Whether events come through: the ledger, how far workers are, what waits, and what came in."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import get

from gooddata.serving.lag import lags, workers
from gooddata.serving.owner.means import Means
from gooddata.serving.owner.owner import Owner
from gooddata.serving.store import Store
from gooddata.sql import statement

MINUTES = 60
NEWEST_UNREADABLE = 20

_THROUGHPUT = statement("gooddata.serving.queries", "throughput")
_UNREADABLE = """SELECT partition, seq, place, reason, recorded_at FROM analytics.unreadable
                 ORDER BY recorded_at DESC, partition, seq, place LIMIT $1"""
_MINUTE = timedelta(minutes=1)


class Throughput:
    """Events that came in minute by minute. A minute that is over is asked for once: an hour of a busy log is long."""

    def __init__(self) -> None:
        self._known: dict[datetime, tuple[int, int]] = {}

    async def last_hour(self, raw: Any) -> list[dict[str, Any]]:
        """Of the last 60 minutes, the present one last: when it begins (epoch ms), and the events and batches in it."""
        present = datetime.now(UTC).replace(second=0, microsecond=0)
        minutes = [present - _MINUTE * ago for ago in reversed(range(MINUTES))]
        # The minute before the present one may still get a batch whose transaction is under way.
        known = dict(self._known)  # somebody else may ask in the meantime
        missing = [minute for minute in minutes if minute not in known or minute >= present - _MINUTE]
        rows = {row["minute"]: row for row in await raw.fetch(_THROUGHPUT, missing[0])}
        for minute in missing:
            row = rows.get(minute)
            known[minute] = (row["events"], row["batches"]) if row else (0, 0)
        self._known = {minute: known[minute] for minute in minutes}
        return [
            {"t": round(minute.timestamp() * 1_000), "events": events, "batches": batches}
            for minute, (events, batches) in self._known.items()
        ]


@get("/pipeline")
async def pipeline(owner: Owner, project_id: str, store: Store, means: Means, throughput: Throughput) -> dict[str, Any]:
    """The project's ledger; of the whole installation the partitions, the workers, what waits on this machine's disk,
    what could not be read, and how much came in. Where the log is on NATS, also how far the archive is behind it;
    `log_answers` is false, and nothing of that known, while it does not answer."""
    lag = await lags(store)
    waiting = means.spooled()
    return {
        "ledger": await store.ledger(project_id),
        "log_answers": lag.log_answers,
        "lag_ms": max((each.lag_ms for each in lag.partitions), default=0) if lag.log_answers else None,
        "partitions": lag.partitions,
        "archive": lag.archive,
        "workers": await workers(store),
        "throughput": await throughput.last_hour(store.raw),
        "spool": waiting and {"bytes": waiting[0], "oldest_at": None if math.isinf(waiting[1]) else round(waiting[1])},
        "unreadable": {
            "count": await store.analytics.fetchval("SELECT count(*) FROM analytics.unreadable"),
            "newest": [dict(row) for row in await store.analytics.fetch(_UNREADABLE, NEWEST_UNREADABLE)],
        },
        "operator": means.given is not None,
        "replay": means.given is not None and means.given.replay is not None,
    }
