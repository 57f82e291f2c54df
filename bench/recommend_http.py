"""How long do recommendations take over HTTP at a steady rate of questions? Prints JSON.

The newest sessions of RSC15's training clicks are sent through a product of its own as product views, a model is
learnt, and prefixes of the test sessions are asked for what comes next: four of five by the items themselves, one by a
visitor and their token. Questions are due at fixed times, whether or not those before have been answered, and time
counts from then: for ten seconds right after the load, while models are trained, then when that is done.
"""

import argparse
import asyncio
import json
import os
import sys
import time
import uuid
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import numpy as np

from bench.load.line import Line
from bench.product import cpu_seconds, product, wait_for_trainer
from gooddata.client import MAX_EVENTS, Client
from gooddata.config import Settings
from gooddata.intelligence.evaluate.next_item import clicks
from gooddata.intelligence.evaluate.report import data_file
from gooddata.intelligence.jobs import do_once
from gooddata.intelligence.recommend.keep import RECOMMENDATIONS
from gooddata.persistence.pseudonym import Pseudonyms

SESSIONS = 60_000
RATE = 1_000
SECONDS = 30
CONNECTIONS = 64
BY_VISITOR = 5  # every so many questions is of a visitor
SPREAD_DAYS = 5


def events(sessions: list[list[str]]) -> tuple[list[dict[str, Any]], list[str]]:
    """Product views over the last days, the newest session an hour ago; and the visitors, one a session."""
    end = time.time_ns() // 1_000_000 - 3_600_000
    step = SPREAD_DAYS * 86_400_000 / len(sessions)
    visitors = [str(uuid.uuid4()) for _ in sessions]
    made = []
    for number, (items, visitor) in enumerate(zip(sessions, visitors, strict=True)):
        start = int(end - (len(sessions) - number) * step)
        made += [
            {
                "id": str(uuid.uuid4()),
                "type": "track",
                "name": "Product Viewed",
                "visitor": visitor,
                "timestamp": start + 20_000 * place,
                "properties": {"product_id": item},
            }
            for place, item in enumerate(items)
        ]
    return made, visitors


async def ask_steadily(url: str, paths: list[str], rate: int, seconds: float) -> dict[str, Any]:
    """Asks at fixed times; milliseconds from when each question was due to its answer, and how many failed."""
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    free: asyncio.Queue[Line] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        await loop.create_connection(lambda: Line(free), parts.hostname, parts.port)
    taken: list[float] = []
    failed = 0
    count = int(rate * seconds)
    began = loop.time() + 0.1

    def answered(due: float, status: bytes) -> None:
        nonlocal failed
        taken.append(loop.time() - due)
        failed += status != b"200"

    for number, path in enumerate(islice(cycle(paths), count)):
        due = began + number / rate
        if (wait := due - loop.time()) > 0:
            await asyncio.sleep(wait)
        line = await free.get()
        line.answered = lambda status, due=due: answered(due, status)
        line.transport.write(b"GET %b HTTP/1.1\r\nhost: x\r\n\r\n" % path.encode())
    while len(taken) < count:
        await asyncio.sleep(0.01)
    p50, p95, p99 = np.quantile(taken, [0.5, 0.95, 0.99]) * 1_000
    return {
        "rate": rate,
        "answered_a_second": round(count / (loop.time() - began)),
        "failed": failed,
        "p50_ms": round(float(p50), 2),
        "p95_ms": round(float(p95), 2),
        "p99_ms": round(float(p99), 2),
        "most_ms": round(max(taken) * 1_000, 1),
    }


async def prepare(running: dict[str, Any], made: list[dict[str, Any]]) -> None:
    """Sends the events, and waits until workers have them and the order of recommendations is learnt."""
    async with Client(running["url"], running["write_key"], connections=4) as client:
        portions = [made[start : start + MAX_EVENTS] for start in range(0, len(made), MAX_EVENTS)]
        for start in range(0, len(portions), 4):
            await asyncio.gather(*(client.send(each) for each in portions[start : start + 4]))
    headers = {"Authorization": f"Bearer {running['read_key']}"}
    async with httpx.AsyncClient(base_url=running["url"], headers=headers, timeout=30) as api:
        print("sent; workers catch up", file=sys.stderr)
        while (await api.get("/api/live")).json()["lag_ms"]:
            await asyncio.sleep(1)
        print("a model is learnt", file=sys.stderr)
        while not (await api.get("/api/recommendations")).json()["model"]:
            await do_once(running["analytics_dsn"], RECOMMENDATIONS)
            await asyncio.sleep(1)
        asked = {"key": running["write_key"], "items": made[-1]["properties"]["product_id"]}
        while True:
            told = (await api.get("/v1/recommendations", params=asked)).json()
            if told.get("model") and told["known"]:
                return
            await asyncio.sleep(0.5)


def measure(data: Path, rate: int, seconds: float) -> dict[str, Any]:
    """A report; milliseconds are from when a question was due to its answer."""
    sessions = clicks(data_file(data, "rsc15-64", "rsc15_train_full.tsv.xz"))[-SESSIONS:]
    test = clicks(data_file(data, "rsc15-64", "rsc15_test.tsv.xz"))
    made, visitors = events(sessions)
    with product() as running:
        asyncio.run(prepare(running, made))
        pseudonyms = Pseudonyms(Settings(data=running["data"]).secret_bytes())
        paths = []
        for number, items in enumerate(session[:place] for session in test for place in range(1, len(session))):
            asked = {"key": running["write_key"], "count": 20}
            if number % BY_VISITOR:
                asked["items"] = ",".join(items[-10:])
            else:
                visitor = visitors[number % len(visitors)]
                asked |= {"visitor": visitor, "token": pseudonyms.token(running["project"], visitor)}
            paths.append("/v1/recommendations?" + urlencode(asked))
        asyncio.run(ask_steadily(running["url"], paths, rate // 2, 2))
        busy = asyncio.run(ask_steadily(running["url"], paths, rate, 10))
        wait_for_trainer(running["process"].pid)
        before = cpu_seconds(running["process"].pid)
        figures = asyncio.run(ask_steadily(running["url"], paths, rate, seconds))
        after = cpu_seconds(running["process"].pid)
    each = {kind: (after[kind] - before.get(kind, 0.0)) / (rate * seconds) * 1e6 for kind in after}
    return {
        "bench": "recommend_http",
        "cores": os.cpu_count(),
        "sessions": len(sessions),
        "events": len(made),
        "seconds": seconds,
        **figures,
        "beside_training": {name: busy[name] for name in ("answered_a_second", "failed", "p50_ms", "p99_ms")},
        "cpu_us_per_answer": round(sum(each.values())),
        "cpu_us_per_answer_by_process": {kind: round(value) for kind, value in sorted(each.items()) if value >= 1},
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--rate", type=int, default=RATE, help="questions a second")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    given = parser.parse_args()
    print(json.dumps(measure(given.data, given.rate, given.seconds), indent=2))
