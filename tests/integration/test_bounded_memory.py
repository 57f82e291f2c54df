"""A real ingestion server whose senders are out to make it hold more than it should."""

import asyncio
import contextlib
import gzip
import json
import resource
import time
from pathlib import Path

import asyncpg
import httpx
import pytest

from gooddata.ingestion import limits
from tests.conftest import new_project
from tests.integration.sent import event

MB = 1_048_576


@pytest.fixture
async def shop(databases):
    return await new_project(databases)


@pytest.fixture
async def server(processes, shop):
    return await processes.serve(role=("ingest",))


def resident(server):
    """Bytes of memory that the server holds now, and at the most so far."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{server.process.pid}/status").read_text().splitlines())
    return int(lines["VmRSS"].split()[0]) * 1024, int(lines["VmHWM"].split()[0]) * 1024


async def is_served(server, shop):
    """An honest sender, beside all others, is answered within a second."""
    started = time.monotonic()
    async with httpx.AsyncClient(base_url=server.url, timeout=10) as client:
        answer = await client.post("/v1/batch", json={"writeKey": shop.write_key, "batch": [event()]})
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    assert time.monotonic() - started < 1


async def test_ten_thousand_connections_and_half_sent_bodies_stay_within_bounds(server, shop):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    connections = min(10_000, hard - 1_000)
    before, _ = resident(server)
    writers = []

    async def connect(number):
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writers.append(writer)
        if number % 25 == 0:
            head = b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % MB
            with contextlib.suppress(ConnectionError):
                writer.write(head + b"[" * (MB - 1))
                await writer.drain()
        elif number % 5 == 0:
            writer.write(b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nX-")

    try:
        for start in range(0, connections, 200):
            await asyncio.gather(*(connect(number) for number in range(start, min(start + 200, connections))))
        await is_served(server, shop)
        _, most = resident(server)
        print(f"\n{connections:,} connections: from {before / MB:.0f} MB to at most {most / MB:.0f} MB")
        assert most - before < limits.BODIES_BYTES + connections * (limits.SMALL_BODY_BYTES + 8_192)
    finally:
        for writer in writers:
            writer.transport.abort()
        # This process takes a while to let go of its own ends, which is not the server's.
        await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    await is_served(server, shop)


async def test_what_opens_to_more_than_it_looks_is_not_opened_in_whole(server, shop):
    before, _ = resident(server)
    bomb = gzip.compress(bytes(256 * MB), 9)
    deep = b'{"batch":[' + b'{"a":' * 150_000 + b"1" + b"}" * 150_000 + b"]}"
    wide = json.dumps({"writeKey": shop.write_key, "batch": [{str(n): n for n in range(60_000)}]}).encode()
    tiny = gzip.compress(b'{"writeKey":"%s","batch":[%s]}' % (shop.write_key.encode(), b"{}," * 2_000_000 + b"{}"))
    headers = {"Content-Encoding": "gzip"}
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        for _ in range(3):
            answers = await asyncio.gather(
                *(client.post("/v1/batch", content=bomb, headers=headers) for _ in range(8)),
                *(client.post("/v1/batch", content=tiny, headers=headers) for _ in range(4)),
                *(client.post("/v1/batch", content=content[: limits.BODY_BYTES]) for content in (deep, wide)),
            )
            assert {answer.status_code for answer in answers} <= {200, 400, 401, 413}
            assert [answer.status_code for answer in answers[:12]] == [413] * 12
            await is_served(server, shop)
    _, most = resident(server)
    print(f"\nbombs: from {before / MB:.0f} MB to at most {most / MB:.0f} MB")
    assert most - before < 400 * MB


async def test_what_waits_is_bounded_and_what_was_refused_is_not_stored(server, shop, databases, postgres):
    """While another transaction holds the log, senders pile up: past the bound they are told to come back, and can."""
    blocker = await asyncpg.connect(databases.raw_dsn)
    batches = [[event(properties={"text": "x" * 900}) for _ in range(900)] for _ in range(90)]
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:

        async def send(batch):
            return await client.post("/v1/batch", json={"writeKey": shop.write_key, "batch": batch})

        async with blocker.transaction():
            await blocker.execute("SELECT FROM raw.partition FOR UPDATE")
            sending = [asyncio.create_task(send(batch)) for batch in batches]
            await asyncio.wait(sending, timeout=3)
            refused = [task.result() for task in sending if task.done()]
            assert refused, "some are told at once"
            assert {(answer.status_code, answer.headers.get("retry-after")) for answer in refused} == {(503, "1")}
        answers = [await task for task in sending]
        taken = sum(
            answer.json()["accepted"] + answer.json()["spooled"] for answer in answers if answer.status_code == 200
        )
        assert taken <= limits.WAITING_EVENTS + limits.FLUSH_EVENTS
        for batch, answer in zip(batches, answers, strict=True):
            while answer.status_code == 503:
                await asyncio.sleep(0.1)
                answer = await send(batch)
    async with asyncio.timeout(30):
        while (
            await blocker.fetchval("SELECT coalesce(sum(events), 0) FROM raw.ledger WHERE outcome = 'stored'") < 81_000
        ):
            await asyncio.sleep(0.1)
    assert await blocker.fetchval("SELECT sum(events) FROM raw.batch") == 81_000
    assert await blocker.fetchval("SELECT sum(events) FROM raw.ledger") == 81_000
    await blocker.close()
