"""What must be true once a cluster has come to rest, whatever was done to it."""

import asyncio
import time
from typing import Any

from gooddata.errors import LogUnavailable
from gooddata.eventlog.lag import archive_lag, lag_by_partition
from gooddata.eventlog.postgres import UNAVAILABLE
from tests.faults.cluster import Cluster
from tests.faults.load import Load
from tests.integration.plain_counts import plain_minutes, raw_events, sessions_of, stored_minutes

PATIENCE_SECONDS = 90.0


async def lag_is_gone(cluster: Cluster) -> float:
    """Waits until nothing waits any more, on the way from the nodes' disks to the tables; how many seconds it took."""
    started = time.monotonic()
    waits: Any = None
    while time.monotonic() < started + PATIENCE_SECONDS:
        try:
            raw, analytics = await cluster.connect("raw"), await cluster.connect("analytics")
        except UNAVAILABLE:
            await asyncio.sleep(0.2)
            continue
        try:
            spooled = cluster.spooled()
            partitions = [each for each in await lag_by_partition(cluster.log, analytics) if each.behind]
            archive = await archive_lag(cluster.log, raw)
            waits = spooled, partitions, archive
            if not spooled and not partitions and archive is not None and archive.behind == 0:
                return time.monotonic() - started
        except LogUnavailable as failure:
            waits = failure
        finally:
            raw.terminate()
            analytics.terminate()
        await asyncio.sleep(0.2)
    raise AssertionError(f"it does not come to rest within {PATIENCE_SECONDS:.0f} s: {waits}")


async def wrong(cluster: Cluster, project: str, load: Load) -> list[str]:
    """Sentences on what is not as it must be, of all that was sent for a project."""
    raw, analytics = await cluster.connect("raw"), await cluster.connect("analytics")
    try:
        events = await raw_events(raw, project)
        ids = [event["id"] for event in events]
        told: list[str] = []

        def must(truth: bool, sentence: str) -> None:
            if not truth:
                told.append(sentence)

        missing = load.acknowledged - set(ids)
        must(not missing, f"{len(missing)} acknowledged events are lost, such as {sorted(missing)[:3]}")
        must(len(ids) == len(set(ids)), f"{len(ids) - len(set(ids))} events are stored twice")
        must(set(ids) == {event["id"] for event in load.sent}, "what is stored is not what was sent")
        applied = [str(row["event_id"]) for row in await analytics.fetch(_APPLIED, project)]
        must(sorted(applied) == sorted(ids), f"{len(applied)} events are applied, of {len(ids)} that are stored")
        sessions = sorted(map(len, sessions_of(events)))
        stored = sorted(row["events"] for row in await analytics.fetch(_SESSIONS, project))
        must(stored == sessions, f"{len(stored)} sessions are stored, a recount gives {len(sessions)}")
        cells, recounted = await stored_minutes(analytics, project), plain_minutes(events)
        differ = {key for key in cells.keys() | recounted.keys() if cells.get(key) != recounted.get(key)}
        must(not differ, f"{len(differ)} of {len(recounted)} counts are not what a recount gives, as {[*differ][:2]}")
        ledger: dict[str, int] = dict(await raw.fetch(_LEDGER, project))
        counted = ledger.get("stored", 0) + ledger.get("duplicate", 0)
        good, bad = load.answered, load.unanswered
        must(ledger.get("stored") == len(ids), f"the ledger has {ledger.get('stored')} stored, there are {len(ids)}")
        must(
            good.good <= counted <= good.good + bad.good,
            f"the ledger has {counted} stored and duplicate events, of {good.good} to {good.good + bad.good} sent",
        )
        must(
            good.bad <= ledger.get("rejected", 0) <= good.bad + bad.bad,
            f"the ledger has {ledger.get('rejected', 0)} rejected events, of {good.bad} to {good.bad + bad.bad} sent",
        )
        must(not await analytics.fetchval("SELECT count(*) FROM analytics.unreadable"), "batches could not be read")
        return told
    finally:
        raw.terminate()
        analytics.terminate()


_APPLIED = "SELECT event_id FROM analytics.event WHERE project_id = $1"
_SESSIONS = "SELECT events FROM analytics.session WHERE project_id = $1"
_LEDGER = "SELECT outcome, sum(events)::int FROM raw.ledger WHERE project_id = $1 GROUP BY 1"
