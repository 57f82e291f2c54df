"""kill -9 of the ingestion server and of PostgreSQL at random, seeded moments under load.

What was acknowledged is stored exactly once, every time, and the ledger adds up. Five kills as part of the tests;
GOODDATA_KILLS says how many, GOODDATA_SEED which ones.
"""

import asyncio
import os
import random
import signal
import subprocess
import uuid
from contextlib import suppress

import asyncpg
import httpx
import pytest

from gooddata.persistence.embedded import EmbeddedPostgres
from gooddata.persistence.migrate import migrate
from tests.conftest import Databases, Processes, free_port, new_project

KILLS = int(os.environ.get("GOODDATA_KILLS", "5"))
SEED = int(os.environ.get("GOODDATA_SEED", "1"))
SENDERS = 6


class Load:
    """Senders that never rest. Each sends new events, events that it has sent before, and, after a failure, the same
    again, as senders do; all of it in ever other groups."""

    def __init__(self, url: str, key: str, chance: random.Random) -> None:
        self.acknowledged: set[str] = set()
        self.sent: list[dict] = []
        self.spooled = 0
        self.stopped = False
        self._url, self._key, self._chance = url, key, chance

    async def run(self) -> None:
        async with httpx.AsyncClient(base_url=self._url, timeout=30) as client:
            await asyncio.gather(*(self._send(client) for _ in range(SENDERS)))

    async def _send(self, client: httpx.AsyncClient) -> None:
        waiting: list[dict] = []
        while not self.stopped or waiting:
            fresh = [] if self.stopped else [self._event() for _ in range(self._chance.randrange(1, 30))]
            self.sent += fresh
            waiting += fresh
            batch = [*waiting, *self._chance.sample(self.sent, min(5, len(self.sent)))][:200]
            self._chance.shuffle(batch)
            with suppress(httpx.TransportError):
                answer = await client.post("/v1/batch", json={"writeKey": self._key, "batch": batch})
                if answer.status_code == 200:
                    assert answer.json()["rejected"] == []
                    self.spooled += answer.json()["spooled"]
                    taken = {event["id"] for event in batch}
                    self.acknowledged |= taken
                    waiting = [event for event in waiting if event["id"] not in taken]
                    continue
                assert answer.status_code == 503, answer.text
            await asyncio.sleep(0.05)

    def _event(self) -> dict:
        event_id = uuid.UUID(int=self._chance.getrandbits(128), version=4)
        return {"id": str(event_id), "type": "page", "visitor": f"visitor {self._chance.randrange(50)}"}


@pytest.fixture
async def own(tmp_path):
    """A database server of this test's own, which it may kill."""
    postgres = EmbeddedPostgres(tmp_path / "postgres")
    postgres.start()
    databases = Databases(postgres.dsn("gooddata_raw"), postgres.dsn("gooddata_analytics"))
    await migrate(databases.raw_dsn, databases.analytics_dsn, partitions=4)
    yield postgres, databases
    postgres.stop()


async def started(processes: Processes, port: int) -> subprocess.Popen[bytes]:
    """An ingestion server, tried again while the database is still coming up, as a supervisor would."""
    while True:
        process = processes.start("ingest", "--port", str(port))
        while process.poll() is None:
            with suppress(httpx.TransportError):
                async with httpx.AsyncClient() as client:
                    if (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200:
                        return process
            await asyncio.sleep(0.05)


async def test_what_was_acknowledged_is_stored_exactly_once_whatever_is_killed(own, tmp_path, capsys):
    postgres, databases = own
    shop = await new_project(databases)
    processes = Processes(databases, tmp_path / "data")
    port, chance = free_port(), random.Random(SEED)
    server = await started(processes, port)
    load = Load(f"http://127.0.0.1:{port}", shop.write_key, random.Random(SEED + 1))
    running = asyncio.create_task(load.run())
    killed = {"ingestion": 0, "postgres": 0}
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.1, 1.2))
        victims = chance.choice([("ingestion",), ("postgres",), ("ingestion", "postgres")])
        for victim in victims:
            killed[victim] += 1
        if "ingestion" in victims:
            server.send_signal(signal.SIGKILL)
            server.wait()
        if "postgres" in victims:
            os.kill(postgres.pid, signal.SIGKILL)
            await asyncio.sleep(chance.uniform(0.05, 1.0))
            await asyncio.to_thread(postgres.start)
        if "ingestion" in victims:
            server = await started(processes, port)
    await asyncio.sleep(0.5)
    load.stopped = True
    await asyncio.wait_for(running, 60)
    for _ in range(600):
        if not list((processes.data / "spool").rglob("*.segment")):
            break
        await asyncio.sleep(0.1)
    raw = await asyncpg.connect(databases.raw_dsn)
    stored = [str(row["id"]) for row in await raw.fetch("SELECT id FROM raw.events")]
    ledger = {
        row["outcome"]: row["events"]
        for row in await raw.fetch("SELECT outcome, sum(events)::int AS events FROM raw.ledger GROUP BY 1")
    }
    heads = await raw.fetch(
        "SELECT head, (SELECT count(*) FROM raw.batch b WHERE b.partition = p.partition) FROM raw.partition p"
    )
    await raw.close()
    processes.end()
    with capsys.disabled():
        print(
            f"\nseed {SEED}, kills {killed}: {len(load.acknowledged):,} events acknowledged, {len(stored):,} stored, "
            f"{load.spooled:,} spooled; ledger {ledger}"
        )
    assert len(stored) == len(set(stored)), "stored once"
    assert load.acknowledged <= set(stored), "nothing acknowledged is missing"
    assert set(stored) == {event["id"] for event in load.sent}
    assert ledger["stored"] == len(stored)
    assert all(head == batches for head, batches in heads)
