"""SDKs that send while the raw database is away: what they were told to send is there once when it is back."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

import asyncpg
import pytest
from posthog import Posthog
from segment.analytics.client import Client

from tests.conftest import new_project


class Line:
    """The line to the raw database, which can be cut."""

    def __init__(self, host, port):
        self._to = (host, port)
        self._cut = False
        self._open = set()

    async def lay(self):
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        return self._server.sockets[0].getsockname()[1]

    def cut(self):
        self._cut = True
        for writer in self._open:
            writer.transport.abort()

    def mend(self):
        self._cut = False

    async def _relay(self, reader, writer):
        if self._cut:
            writer.transport.abort()
            return
        from_server, to_server = await asyncio.open_connection(*self._to)
        self._open |= {writer, to_server}
        await asyncio.gather(_copy(reader, to_server), _copy(from_server, writer))
        self._open -= {writer, to_server}


async def _copy(reader, writer):
    with suppress(ConnectionError):
        while some := await reader.read(65_536):
            writer.write(some)
    writer.close()


@pytest.fixture
async def line(databases, processes):
    parts = urlsplit(databases.raw_dsn)
    laid = Line(parts.hostname, parts.port)
    place = parts.netloc.rpartition("@")[0] + f"@127.0.0.1:{await laid.lay()}"
    processes.environment["GOODDATA_RAW_DSN"] = parts._replace(netloc=place).geturl()
    return laid


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
    line.mend()
    await asyncio.wait_for(sending, 30)
    connection = await asyncpg.connect(databases.raw_dsn)
    async with asyncio.timeout(15):
        while not await connection.fetchval("SELECT count(*) FROM raw.events"):
            await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    assert await connection.fetchval("SELECT count(*) FROM raw.events WHERE name = 'Buy'") == 1
    await connection.close()
    assert failures == []
