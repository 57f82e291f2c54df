"""From an event to its score at a steady 2,000 events a second: how many milliseconds until it is stored, and until the
page has it?

A `gooddata up` of its own gets the visits of two past days, and trains. Then shoppers' browsers post what they see and
do, as the engine does: at fixed times, whether or not the server keeps up, and time counts from when a post was due. A
score counts as stored when PostgreSQL tells of the transaction that wrote it, and as received when a visitor's open
stream has it; some visitors have one. What each process spends meanwhile is reported, and how long it takes to score
one session in process. Prints JSON.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import time
from typing import Any

import asyncpg
import httpx
import msgspec
import numpy as np

from bench.load.browsers import Awaited, Browsers
from bench.load.visits import Post, posts
from bench.product import cpu_seconds, product, wait_for_trainer
from bench.single_score import single_score
from gooddata.config import Settings
from gooddata.intelligence.training import train_all
from gooddata.persistence.pseudonym import Pseudonyms
from gooddata.replay.shoppers.backfill import backfill

PAST_VISITS = 2_000
WARM_UP = 10.0
PATIENCE = 10.0
QUANTILES = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}

_decode = msgspec.json.Decoder().decode


async def prepare(running: dict[str, Any]) -> list[str]:
    """Sends the past, and trains; which tasks have a model."""
    print("the past is sent", file=sys.stderr)
    await backfill(url=running["url"], key=running["read_key"], sessions=PAST_VISITS, days=2.0)
    headers = {"Authorization": f"Bearer {running['read_key']}"}
    async with httpx.AsyncClient(base_url=running["url"], headers=headers, timeout=30) as api:
        while (await api.get("/api/live")).json()["lag_ms"]:
            await asyncio.sleep(1)
    print("models are trained", file=sys.stderr)
    reports = await train_all(running["analytics_dsn"], running["project"])
    await asyncio.to_thread(wait_for_trainer, running["process"].pid)
    return [report.task for report in reports if report.status == "ready"]


def listeners(due: list[Post], seconds: float, streams: int) -> set[str]:
    """So many visitors that about `streams` of them are on the site at any one time."""
    span: dict[str, tuple[int, int]] = {}
    for post in due:
        span[post.visitor] = span.get(post.visitor, (post.due, 0))[0], post.due
    there = sum(last - first for first, last in span.values()) / (seconds * 1_000)
    chance = random.Random(1)
    return {visitor for visitor in sorted(span) if chance.random() < streams / max(there, 1.0)}


async def drive(running: dict[str, Any], rate: float, seconds: float, streams: int) -> dict[str, Any]:
    """Posts for some seconds after a warm-up; what came of it."""
    begin = time.time_ns() // 1_000_000 + 15_000
    due = posts(rate, WARM_UP + seconds, begin)
    listening = listeners(due, WARM_UP + seconds, streams)
    pseudonyms, project = Pseudonyms(Settings(data=running["data"]).secret_bytes()), running["project"]
    known = {
        visitor: (
            str(pseudonyms.visitor(project, visitor)),
            pseudonyms.token(project, visitor) if visitor in listening else None,
        )
        for visitor in {post.visitor for post in due}
    }
    loop = asyncio.get_running_loop()
    stored, streamed = Awaited(), Awaited()

    def noticed(*notice: Any) -> None:
        now = loop.time()
        for score in _decode(notice[-1]):
            stored.heard(score["visitor"], score["last_event"], now)

    connection = await asyncpg.connect(running["analytics_dsn"])
    await connection.add_listener("gooddata_score", noticed)
    browsers = Browsers(running["url"], running["write_key"], stored, streamed)
    began = loop.time() + begin / 1_000 - time.time()
    if began < loop.time():
        raise SystemExit("the posts took too long to make")
    readings: list[tuple[dict[str, float], float]] = []

    def read() -> None:
        readings.append((cpu_seconds(running["process"].pid), time.process_time()))

    loop.call_at(began + WARM_UP, read)
    await browsers.post(due, known, began, int(WARM_UP * 1_000))
    read()
    patience = loop.time() + PATIENCE
    while (stored.waiting or streamed.waiting) and loop.time() < patience:
        await asyncio.sleep(0.05)
    await connection.close()
    counted = [post for post in due if post.due >= WARM_UP * 1_000]
    events = sum(len(post.keys) for post in counted)
    (before, own_before), (after, own_after) = readings
    spent = {name: after[name] - before.get(name, 0.0) for name in sorted(after)}
    shares = {name: round(each / seconds, 3) for name, each in spent.items()}
    return {
        "events_per_second": round(events / seconds),
        "events": events,
        "posts": len(counted),
        "posts_failed": browsers.failed,
        "streams": browsers.most_streams,
        "stored": of(stored),
        "browser": of(streamed),
        "generator_late_p99_ms": round(float(np.quantile(browsers.late, 0.99)) * 1_000, 1),
        "cpu_share_of_a_core": {name: share for name, share in shares.items() if share},
        "cpu_us_per_event": round(sum(spent.values()) / events * 1e6, 1),
        "generator_share_of_a_core": round((own_after - own_before) / seconds, 3),
    }


def of(awaited: Awaited) -> dict[str, Any]:
    """Milliseconds from when an event was due until its score was there; `missing` are those whose never came."""
    taken = np.array(awaited.taken) * 1_000
    told = {name: round(float(np.quantile(taken, cut)), 1) for name, cut in QUANTILES.items()}
    return {"events": len(taken), "missing": awaited.waiting, **told, "most_ms": round(float(taken.max()), 1)}


def measure(rate: float, seconds: float, streams: int) -> dict[str, Any]:
    """A whole report."""
    with product() as running:
        tasks = asyncio.run(prepare(running))
        report = asyncio.run(drive(running, rate, seconds, streams))
        alone = asyncio.run(single_score(running["analytics_dsn"], running["project"]))
    told = {"bench": "streaming", "cores": os.cpu_count(), "seconds": seconds, "models": tasks}
    return told | report | {"single_visitor_score": alone}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=2_000, help="events a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--streams", type=int, default=100, help="visitors with an open stream at any one time")
    parser.add_argument("--json", action="store_true", help="as it does anyway")
    given = parser.parse_args()
    print(json.dumps(measure(given.rate, given.seconds, given.streams), indent=2))
