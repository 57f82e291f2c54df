"""SDKs that send while the raw database is away: what they were told to send is there once when it is back."""

import asyncio
from urllib.parse import urlsplit

import asyncpg
import pytest
from posthog import Posthog
from segment.analytics.client import Client

from tests.conftest import new_project
from tests.integration.lossy_proxy import LossyProxy


@pytest.fixture
async def line(databases, processes):
    """The line to the raw database, which can be cut."""
    parts = urlsplit(databases.raw_dsn)
    proxy = LossyProxy(parts.port)
    async with proxy.running() as port:
        place = parts.netloc.rpartition("@")[0] + f"@127.0.0.1:{port}"
        processes.environment["GOODDATA_RAW_DSN"] = parts._replace(netloc=place).geturl()
        yield proxy


def segment(url, key, failures):
    analytics = Client(key, host=url, on_error=lambda failure, batch: failures.append(failure))
    analytics.track("u", "Buy")
    analytics.shutdown()


def posthog(url, key, failures):
    client = Posthog(key, host=url, on_error=lambda failure, batch: failures.append(failure))
    client.capture("Buy", distinct_id="u")
    client.shutdown()


@pytest.mark.parametrize("send", [segment, posthog])
async def test_what_was_sent_meanwhile_is_there_once(processes, databases, line, send):
    shop = await new_project(databases)
    server = await processes.serve()
    line.cut()
    failures = []
    sending = asyncio.create_task(asyncio.to_thread(send, server.url, shop.write_key, failures))
    await asyncio.sleep(2)
    line.is_cut = False
    await asyncio.wait_for(sending, 30)
    connection = await asyncpg.connect(databases.raw_dsn)
    async with asyncio.timeout(15):
        while not await connection.fetchval("SELECT count(*) FROM raw.events"):
            await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    assert await connection.fetchval("SELECT count(*) FROM raw.events WHERE name = 'Buy'") == 1
    await connection.close()
    assert failures == []
