"""PostgreSQL that gives up a transaction, or says nothing any more in the midst of one: ingestion keeps what comes in,
and goes on by itself."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import httpx
import pytest

from gooddata.errors import LogUnavailable
from gooddata.eventlog import postgres as module
from gooddata.eventlog.batch import Append
from gooddata.eventlog.postgres import PostgresLog
from tests.conftest import new_project
from tests.integration.lossy_proxy import LossyProxy
from tests.integration.sent import event


async def test_a_deadlock_costs_ingestion_nothing(processes, databases):
    shop = await new_project(databases)
    server = await processes.serve(role=("ingest",))
    other = await asyncpg.connect(databases.raw_dsn)
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as http:
        sent = {"writeKey": shop.write_key, "batch": [event(), event()]}
        async with other.transaction():
            # An append takes its partitions first and the ledger last.
            await other.execute("LOCK raw.ledger IN EXCLUSIVE MODE")
            sending = asyncio.create_task(http.post("/v1/batch", json=sent))
            while not await other.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                await asyncio.sleep(0.02)
            try:
                await other.execute("SELECT FROM raw.partition FOR UPDATE")
            except asyncpg.DeadlockDetectedError:
                pytest.skip("PostgreSQL has given up the other one")
        assert (await sending).json()["spooled"] == 2
        assert server.process.poll() is None
        while await other.fetchval("SELECT count(*) FROM raw.events") < 2:
            await asyncio.sleep(0.05)
        assert (await http.post("/v1/batch", json=sent)).json()["duplicate"] == 2
    await other.close()


async def test_a_server_that_says_nothing_in_the_midst_of_a_turn_does_not_hold_up_the_log(
    databases, postgres, monkeypatch
):
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.5)
    proxy = LossyProxy(postgres.port)
    async with proxy.running() as port:
        log = await PostgresLog.open(databases.raw_dsn.replace(f":{postgres.port}/", f":{port}/"), "gooddata_ingest")
        with pytest.raises(LogUnavailable):
            async with log.turn({0}) as turn:
                proxy.loses_answers = True
                await asyncio.wait_for(turn.append(Append(datetime.now(UTC), [], {}, [], 0), {0: 0}), 20)
        # Nothing tells either side that the connection is over, and nobody waits for that.
        proxy.loses_answers = False
        async with asyncio.timeout(60):
            while True:
                try:
                    async with log.turn({0}) as turn:
                        assert turn.heads == {0: 0}
                    break
                except LogUnavailable:
                    continue
        await log.close()
