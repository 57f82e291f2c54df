"""The product with its event log on NATS JetStream: ingestion, workers and archive as processes of their own, on a
cluster of three servers of which any may go."""

import asyncio
import random
import subprocess
import sys
from datetime import UTC, datetime

import asyncpg
import httpx
import pytest

from gooddata.eventlog.batch import Append, NewBatch
from gooddata.eventlog.jetstream.address import address_of
from gooddata.eventlog.jetstream.archive import ROLE, Archive
from gooddata.eventlog.jetstream.log import JetStreamLog
from gooddata.eventlog.jetstream.make import make_stream
from gooddata.eventlog.jetstream.stream import Stream
from gooddata.persistence.pool import open_connection
from tests.conftest import new_project
from tests.integration.nats_servers import NatsServers
from tests.integration.sent import event
from tests.integration.writers import WINDOW


@pytest.fixture(scope="module")
async def one(tmp_path_factory):
    started = await NatsServers(tmp_path_factory.mktemp("nats")).start()
    yield started
    started.end()


@pytest.fixture(scope="module")
async def three(tmp_path_factory):
    started = await NatsServers(tmp_path_factory.mktemp("cluster"), count=3).start()
    yield started
    started.end()


@pytest.fixture
async def raw(databases):
    connection = await asyncpg.connect(databases.raw_dsn)
    yield connection
    connection.terminate()


@pytest.fixture
def address(one, databases):
    return address_of(one.url(databases.raw_dsn.rsplit("/", 1)[1]))


@pytest.fixture
async def log(address, databases):
    await make_stream(address, databases.raw_dsn, WINDOW)
    opened = await JetStreamLog.open(address)
    yield opened
    await opened.close()


def command(processes, *arguments):
    run = subprocess.run(
        [sys.executable, "-m", "gooddata", *arguments], env=processes.environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


async def until(truth, seconds=40):
    async with asyncio.timeout(seconds):
        while not await truth():
            await asyncio.sleep(0.1)


async def stream_info(url):
    stream = await Stream.open(address_of(url))
    try:
        return await stream._api("STREAM.INFO", None)
    finally:
        await stream.close()


def append_of(partition, body=b"[]", prints=b"12345678"):
    return Append(datetime.now(UTC), [NewBatch(partition, 1, prints, [], body)], {})


async def archived(log, dsn):
    connection = await open_connection(dsn, ROLE)
    archive = Archive(log, connection)
    while await archive.move():
        pass
    await archive.close()
    await connection.close()


async def test_nothing_is_lost_or_doubled_while_servers_nodes_and_the_archive_are_killed(
    three, databases, processes, raw
):
    url = three.url()
    processes.environment["GOODDATA_LOG"] = url
    command(processes, "migrate")
    shop = await new_project(databases)
    assert (await stream_info(url))["config"]["num_replicas"] == 3
    processes.start("work")
    archive = processes.start("archive")
    nodes = [await processes.serve(role=("ingest",)) for _ in range(2)]
    chance = random.Random(11)
    events = [event(visitor=f"v{n % 13}") for n in range(400)]
    acknowledged, allowed = set(), 80

    async def send(number):
        """Sends some events, and some again, through either node, until each was acknowledged."""
        own = events[number::4]
        async with httpx.AsyncClient(timeout=20) as http:
            while missing := [each for each in own if each["id"] not in acknowledged]:
                if len(acknowledged) >= allowed:
                    await asyncio.sleep(0.01)
                    continue
                some = chance.sample(missing, min(len(missing), 5)) + chance.sample(own, 2)
                try:
                    answer = await http.post(
                        f"{chance.choice(nodes).url}/v1/batch", json={"writeKey": shop.write_key, "batch": some}
                    )
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
                    continue
                if answer.status_code == 200:
                    acknowledged.update(each["id"] for each in some)

    async def acknowledge(enough):
        nonlocal allowed
        allowed = enough
        await until(lambda: asyncio.sleep(0, len(acknowledged) >= min(enough, len(events))))

    sending = asyncio.gather(*(send(number) for number in range(4)))
    await acknowledge(80)
    leader = int((await stream_info(url))["cluster"]["leader"][1:])
    allowed = 160
    three.kill(leader)
    await acknowledge(160)
    allowed = 240
    nodes[0].process.kill()
    archive.kill()
    await three.start(leader)
    nodes[0] = await processes.serve(role=("ingest",))
    processes.start("archive")
    await acknowledge(240)
    allowed = 320
    three.kill((leader + 1) % 3)
    await acknowledge(1_000)
    await sending
    await three.start((leader + 1) % 3)

    async def all_there():
        found = await raw.fetchval("SELECT count(DISTINCT id) FROM raw.events")
        return found == len(events)

    await until(all_there)
    analytics = await asyncpg.connect(databases.analytics_dsn)

    async def all_applied():
        return await analytics.fetchval("SELECT count(*) FROM analytics.event") >= len(events)

    await until(all_applied)
    assert await raw.fetchval("SELECT count(*) FROM raw.events") == len(events)
    assert await analytics.fetchval("SELECT count(*) FROM analytics.event") == len(events)
    assert await raw.fetchval("SELECT sum(events) FROM raw.ledger WHERE outcome = 'stored'") == len(events)
    await analytics.close()
