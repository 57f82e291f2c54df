"""How long it takes until workers share the partitions fairly again, when one starts, stops, dies or is paused."""

import asyncio
import os
import signal
import time
from collections import Counter
from typing import Any

from tests.faults.cluster import WORKERS, Cluster

PATIENCE_SECONDS = 60.0


async def shared_among(analytics: Any, workers: int, without: str | None = None) -> Counter[str]:
    """Waits until so many workers hold all partitions, as fairly as can be, and none of them that of `without`."""
    held: Counter[str] = Counter()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            rows = await analytics.fetch("SELECT owner FROM analytics.cursor")
            held = Counter(row["owner"] for row in rows)
            fair = len(held) == workers and max(held.values()) - min(held.values()) <= 1
            if rows and fair and None not in held and without not in held:
                return held
            await asyncio.sleep(0.02)


async def owner_of(analytics: Any, pid: int) -> str:
    """By what name a worker holds its leases."""
    rows = await analytics.fetch("SELECT owner FROM analytics.worker")
    return next(row["owner"] for row in rows if row["owner"].split("-")[-2] == str(pid))


async def joined(analytics: Any, pid: int) -> None:
    """Waits until a worker is there."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await analytics.fetchval("SELECT true FROM analytics.worker WHERE owner LIKE $1", f"%-{pid}-%"):
            await asyncio.sleep(0.01)


async def rebalanced(cluster: Cluster) -> dict[str, float]:
    """Seconds, from what happens to a worker to a fair share of all partitions."""
    analytics = await cluster.connect("analytics")
    found: dict[str, float] = {}
    try:
        await shared_among(analytics, WORKERS)

        async def measure(what: str, workers: int, without: str | None = None) -> None:
            started = time.monotonic()
            await shared_among(analytics, workers, without)
            found[what] = round(time.monotonic() - started, 2)

        started = time.monotonic()
        more = await cluster.another_worker()
        await joined(analytics, more.pid)
        await measure("a worker that starts, from its first word to the others", WORKERS + 1)
        found["the same, from the start of its process"] = round(time.monotonic() - started, 2)
        owner = await owner_of(analytics, more.pid)
        more.send_signal(signal.SIGTERM)
        await measure("a worker told to stop", WORKERS, owner)
        more.wait()
        more = await cluster.another_worker()
        await shared_among(analytics, WORKERS + 1)
        owner = await owner_of(analytics, more.pid)
        more.kill()
        await measure("a worker killed", WORKERS, owner)
        more.wait()
        more = await cluster.another_worker()
        await shared_among(analytics, WORKERS + 1)
        owner = await owner_of(analytics, more.pid)
        os.kill(more.pid, signal.SIGSTOP)
        await measure("a worker that does nothing any more, although connected", WORKERS, owner)
        os.kill(more.pid, signal.SIGCONT)
        await measure("the same, when it goes on", WORKERS + 1)
        more.terminate()
        more.wait()
        await shared_among(analytics, WORKERS)
    finally:
        analytics.terminate()
    return found
