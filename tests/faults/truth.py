"""What must be true once an installation has come to rest, whatever was done to it."""

import asyncio
import time
from contextlib import suppress
from typing import Any

import asyncpg
import httpx

from gooddata.errors import LogUnavailable
from gooddata.eventlog.lag import archive_lag, lag_by_partition
from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.persistence.projects import Project
from tests.faults.load import Load
from tests.faults.site import Site
from tests.integration.plain_counts import plain_minutes, raw_events, sessions_of, stored_minutes

PATIENCE_SECONDS = 90.0


async def lag_is_gone(site: Site) -> float:
    """Waits until nothing waits any more, on the way from the nodes' disks to the tables; how many seconds it took."""
    started = time.monotonic()
    waits: Any = None
    while time.monotonic() < started + PATIENCE_SECONDS:
        try:
            waits = await _what_waits(site)
            if not any(waits):
                return time.monotonic() - started
        except (*UNAVAILABLE, LogUnavailable, asyncpg.PostgresError) as failure:
            waits = [failure]
        await asyncio.sleep(0.2)
    raise AssertionError(f"it does not come to rest within {PATIENCE_SECONDS:.0f} s: {waits}")


async def _what_waits(site: Site) -> list[Any]:
    raw, analytics = await site.connect("raw"), await site.connect("analytics")
    try:
        # In the order in which an event travels: what leaves one place is looked for in the next.
        spooled = site.spooled()
        async with site.opened_log() as log:
            partitions = [each for each in await lag_by_partition(log, analytics) if each.behind]
            archive = await archive_lag(log, raw)
            archived = log.epoch is None or (archive is not None and archive.behind == 0)
            return [spooled, partitions, [] if archived else [archive]]
    finally:
        raw.terminate()
        analytics.terminate()


async def wrong(site: Site, shop: Project, load: Load) -> dict[str, Any]:
    """Sentences on what is not as it must be, of all that was sent for a project, and figures of what is stored."""
    project = shop.project
    raw, analytics = await site.connect("raw"), await site.connect("analytics")
    try:
        events = await raw_events(raw, project)
        ids = [event["id"] for event in events]
        told: list[str] = []

        def must(truth: bool, sentence: str) -> None:
            if not truth:
                told.append(sentence)

        missing = load.acknowledged - set(ids) - load.touched
        must(not missing, f"{len(missing)} acknowledged events are lost, such as {sorted(missing)[:3]}")
        must(len(ids) == len(set(ids)), f"{len(ids) - len(set(ids))} events are stored twice")
        sent = {event["id"] for event in load.sent}
        must(sent - load.touched <= set(ids) <= sent, "what is stored is not what was sent")
        must(not load.strange, f"some requests were answered {dict(load.strange)}")
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
        good, bad, gone = load.answered, load.unanswered, load.touched_events
        must(ledger.get("stored") == len(ids), f"the ledger has {ledger.get('stored')} stored, there are {len(ids)}")
        must(
            good.good - gone.good <= counted <= good.good + bad.good,
            f"the ledger has {counted} stored and duplicate events, of {good.good} to {good.good + bad.good} sent",
        )
        must(
            good.bad - gone.bad <= ledger.get("rejected", 0) <= good.bad + bad.bad,
            f"the ledger has {ledger.get('rejected', 0)} rejected events, of {good.bad} to {good.bad + bad.bad} sent",
        )
        must(not await analytics.fetchval("SELECT count(*) FROM analytics.unreadable"), "batches could not be read")
        heads = await raw.fetch(_HEADS)
        must(all(head == there for head, there in heads), f"positions of batches are left out: {heads}")
        return {
            "stored": len(ids),
            "duplicates": ledger.get("duplicate", 0),
            "rejected": ledger.get("rejected", 0),
            "lost": len(missing),
            "doubled": len(ids) - len(set(ids)),
            "lost_with_damaged_bytes": len((load.acknowledged & load.touched) - set(ids)),
            "wrong": told,
        }
    finally:
        raw.terminate()
        analytics.terminate()


async def answered(url: str, shop: Project, ledger: dict[str, int], patience: float = PATIENCE_SECONDS) -> list[str]:
    """Waits until serving says of a project what its ledger is; a sentence where it does not."""
    found: Any = None
    ends = time.monotonic() + patience
    async with httpx.AsyncClient(base_url=url, headers={"authorization": f"Bearer {shop.read_key}"}) as client:
        while time.monotonic() < ends:
            with suppress(httpx.TransportError):
                answer = await client.get("/api/ledger", params={"project": shop.project})
                found = answer.text
                if answer.status_code == 200:
                    told = answer.json()
                    if (told["stored"], told["duplicate"]) == (ledger["stored"], ledger["duplicates"]):
                        return []
            await asyncio.sleep(0.2)
    return [f"serving does not say what the ledger is: {found}"]


_APPLIED = "SELECT event_id FROM analytics.event WHERE project_id = $1"
_SESSIONS = "SELECT events FROM analytics.session WHERE project_id = $1"
_LEDGER = "SELECT outcome, sum(events)::int FROM raw.ledger WHERE project_id = $1 GROUP BY 1"
# In a log on PostgreSQL, no position is left out.
_HEADS = """SELECT head, (SELECT count(*) FROM raw.batch b WHERE b.partition = p.partition) FROM raw.partition p
            WHERE NOT EXISTS (SELECT FROM raw.stream)"""
