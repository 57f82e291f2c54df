"""A write key that sends too fast is told when to come back, and nothing of what it is refused is stored."""

import asyncio
import uuid

import httpx
import pytest

from gooddata.client import Client
from tests.conftest import new_project


def events(count):
    return [{"id": str(uuid.uuid4()), "type": "track", "name": "A", "visitor": "v"} for _ in range(count)]


@pytest.fixture
async def server(processes):
    processes.environment["GOODDATA_RATE_LIMIT"] = "200"
    return await processes.serve()


async def test_a_key_that_sends_too_fast_waits_and_loses_nothing(server, databases):
    shop, other = await new_project(databases), await new_project(databases)
    async with httpx.AsyncClient(base_url=server.url) as http:

        async def send(project, batch, key=None):
            return await http.post("/v1/batch", json={"writeKey": key or project.write_key, "batch": batch})

        burst = [events(500) for _ in range(4)]
        for batch in burst:
            assert (await send(shop, batch)).json()["accepted"] == 500
        late = events(500)
        refused = await send(shop, late)
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limited")
        assert refused.headers["access-control-expose-headers"] == "retry-after, x-request-id"
        wait = int(refused.headers["retry-after"])
        assert 1 <= wait <= 3
        assert (await send(other, events(500))).status_code == 200
        await asyncio.sleep(wait)
        assert (await send(shop, late)).json()["accepted"] == 500
        ledger = (await http.get("/api/ledger", headers={"Authorization": f"Bearer {shop.read_key}"})).json()
        assert ledger == {"received": 2_500, "stored": 2_500, "duplicate": 0, "rejected": {}, "dropped": {}}


async def test_the_client_comes_back_when_it_was_told_to(server, databases):
    shop = await new_project(databases)
    async with Client(server.url, shop.write_key) as client:
        receipts = [await client.send(events(700)) for _ in range(4)]
    assert [receipt.accepted for receipt in receipts] == [700] * 4


async def test_an_import_is_not_held_back(server, databases):
    shop = await new_project(databases)
    async with Client(server.url, shop.read_key, patience=0) as client:
        for _ in range(4):
            assert (await client.send(events(1_000), imported=True)).accepted == 1_000
