"""Clocks that jump by hours, and back. What counts: batches that were received at the wrong time, or PostgreSQL's
answer to the question what time it is."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from gooddata.eventlog.postgres import UNAVAILABLE
from tests.faults.installation import NODES

HOUR = 3_600
LEAST = timedelta(minutes=30)  # by which a clock must be wrong to have jumped


def jumps(*clocks):
    async def jump(site, chance):
        hours = chance.choice([-10, -3, -1, 1, 3, 10])
        before = await _newest(site)
        for name in clocks:
            site.clocks[name].put(hours * HOUR)
        seen = 0
        try:
            ends = time.monotonic() + chance.uniform(2.0, 4.0)
            while time.monotonic() < ends:
                if "postgres" in clocks:
                    seen = max(seen, int(await _is_off(site)))
                await asyncio.sleep(0.3)
        finally:
            for name in clocks:
                site.clocks[name].put(0)
        if not set(NODES) & set(clocks):
            return seen

        async def wrong_batches():
            return seen + await _wrong(site, before)

        return wrong_batches

    return jump


async def _newest(site):
    raw = await site.owner()
    try:
        return dict(await raw.fetch("SELECT partition, head FROM raw.partition"))
    finally:
        raw.terminate()


async def _wrong(site, before):
    raw = await site.owner()
    now = datetime.now(UTC)
    try:
        rows = await raw.fetch("SELECT partition, seq, received_at FROM raw.batch")
        # A round takes far less than that.
        return sum(row["seq"] > before[row["partition"]] and abs(row["received_at"] - now) > LEAST for row in rows)
    finally:
        raw.terminate()


async def _is_off(site):
    with suppress(*UNAVAILABLE):
        async with asyncio.timeout(1.0):
            raw = await site.connect("raw")
            try:
                return abs(await raw.fetchval("SELECT clock_timestamp()") - datetime.now(UTC)) > LEAST
            finally:
                raw.terminate()
    return 0
