"""An event counts once and an answer means durable, whatever restarts, whoever else writes."""

import asyncio
import random

import asyncpg
import httpx
import pytest

from tests.conftest import new_project
from tests.integration.sent import event


async def ledger(http, shop):
    return (await http.get("/api/ledger", headers={"Authorization": f"Bearer {shop.read_key}"})).json()


async def send(http, shop, *events):
    answer = await http.post("/v1/batch", json={"writeKey": shop.write_key, "batch": events})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def shop(databases):
    return await new_project(databases)


@pytest.fixture
async def raw(databases):
    connection = await asyncpg.connect(databases.raw_dsn)
    yield connection
    connection.terminate()


@pytest.fixture
async def server(processes, shop):
    return await processes.serve()


@pytest.fixture
async def http(server):
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        yield client


async def test_an_event_counts_once_after_a_restart_and_through_another_server(processes, server, shop, http, raw):
    events = [event() for _ in range(10)]
    await send(http, shop, *events)
    async with httpx.AsyncClient(base_url=(await processes.serve()).url) as other:
        assert (await send(other, shop, *events))["duplicate"] == 10
    server.process.kill()
    server.process.wait()
    async with httpx.AsyncClient(base_url=(await processes.serve()).url) as restarted:
        assert (await send(restarted, shop, *events))["duplicate"] == 10
    assert await raw.fetchval("SELECT count(*) FROM raw.events") == 10


async def test_two_servers_at_once_store_each_event_once_and_no_batch_is_skipped(processes, server, http, shop, raw):
    chance = random.Random(7)
    events = [event(visitor=f"visitor {number % 40}") for number in range(600)]
    async with httpx.AsyncClient(base_url=(await processes.serve()).url, timeout=30) as other:

        async def sender(client):
            for _ in range(30):
                await send(client, shop, *chance.sample(events, 60))

        await asyncio.gather(*(sender(client) for client in (http, other) for _ in range(4)))
        await send(http, shop, *events)
    assert await raw.fetchval("SELECT count(*) FROM raw.events") == 600
    assert await raw.fetchval("SELECT count(DISTINCT id) FROM raw.events") == 600
    counted = await ledger(http, shop)
    assert counted["stored"] == 600
    assert counted["received"] == 2 * 4 * 30 * 60 + 600 == counted["stored"] + counted["duplicate"]
    rows = await raw.fetch(
        "SELECT head, (SELECT count(*) FROM raw.batch b WHERE b.partition = p.partition) FROM raw.partition p"
    )
    assert all(head == batches for head, batches in rows)


async def test_no_answer_is_given_before_the_commit(http, shop, raw):
    """While another transaction holds the partitions' turn, the sender waits."""
    transaction = raw.transaction()
    await transaction.start()
    await raw.execute("SELECT FROM raw.partition FOR UPDATE")
    sending = asyncio.create_task(send(http, shop, event()))
    await asyncio.sleep(0.3)
    assert not sending.done()
    await transaction.rollback()
    assert (await sending)["accepted"] == 1
