"""What an event costs from HTTP to a committed score: CPU of every process, by stage, on the embedded default.

Sends page views of many visitors in batches, waits until the workers have applied all of them, and divides the CPU time
(user and system, of every process and of PostgreSQL) by the number of events. The sender's own CPU is reported apart.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import sys
import time
import uuid
from typing import Any

import httpx

from bench.product import cpu_seconds, product
from gooddata.client import Client

SENDERS = 8


def events(count: int, visitors: int, chance: random.Random) -> list[dict[str, Any]]:
    """Events of about 330 bytes, in the order in which they happen."""
    people = [str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in range(visitors)]
    made = []
    for _ in range(count):
        path = f"/product/{chance.randrange(200)}"
        made.append(
            {
                "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
                "type": chance.choice(["page", "track"]),
                "name": "Product Viewed",
                "visitor": chance.choice(people),
                "timestamp": int(time.time() * 1000),
                "properties": {"product_id": path[9:], "category": "c1", "price": 12.5},
                "context": {"page": {"path": path, "title": "A product"}},
            }
        )
    return made


async def run(count: int, batch: int, visitors: int) -> dict[str, Any]:
    with product() as running:
        async with (
            Client(running["url"], running["write_key"]) as sender,
            httpx.AsyncClient(
                base_url=running["url"], headers={"Authorization": f"Bearer {running['read_key']}"}, timeout=60
            ) as api,
        ):
            chance = random.Random(1)
            made = events(count, visitors, chance)
            batches = iter([made[at : at + batch] for at in range(0, count, batch)])
            pid = running["process"].pid
            before, own_before, started = cpu_seconds(pid), _own_cpu(), time.perf_counter()

            async def send() -> None:
                for some in batches:
                    await sender.send(some)

            await asyncio.gather(*(send() for _ in range(SENDERS)))
            sent = time.perf_counter()
            while (await api.get("/api/ledger")).json()["stored"] < count:
                await asyncio.sleep(0.05)
            while (await api.get("/api/live")).json()["lag_ms"]:
                await asyncio.sleep(0.05)
            applied, after = time.perf_counter(), cpu_seconds(pid)
    spent = {name: after[name] - before.get(name, 0.0) for name in after}
    micros = {name: round(seconds / count * 1e6, 2) for name, seconds in sorted(spent.items())}
    return {
        "bench": "ingest_to_score",
        "cores": os.cpu_count(),
        "events": count,
        "batch": batch,
        "visitors": visitors,
        "events_per_second_acknowledged": round(count / (sent - started)),
        "events_per_second_applied": round(count / (applied - started)),
        "cpu_us_per_event": round(sum(micros.values()), 2),
        "cpu_us_per_event_by_process": micros,
        "sender_cpu_us_per_event": round((_own_cpu() - own_before) / count * 1e6, 2),
    }


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=50_000)
    options.add_argument("--batch", type=int, default=100)
    options.add_argument("--visitors", type=int, default=2_000)
    given = options.parse_args()
    report = asyncio.run(run(given.events, given.batch, given.visitors))
    print(json.dumps(report, indent=2))
    sys.stdout.flush()
