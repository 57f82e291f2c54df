"""A real ingestion server to which more comes than it can store: it refuses some, and stores all that it took in."""

import asyncio
from contextlib import suppress

import asyncpg
import httpx
import pytest

from gooddata.ingestion.congestion import LATE_SECONDS, MOST_RETRY_AFTER
from gooddata.ingestion.limits import BATCH_EVENTS
from tests.conftest import new_project
from tests.integration.sent import event


@pytest.fixture
async def shop(databases):
    return await new_project(databases)


@pytest.fixture
async def server(processes):
    return await processes.serve(role=("ingest",))


@pytest.fixture
async def log(databases):
    connection = await asyncpg.connect(databases.raw_dsn)
    yield connection
    await connection.close()


class Senders:
    """One after another sends many events, and does not wait for the answers of those before."""

    def __init__(self, client, shop):
        self.client, self.shop = client, shop
        self.answers = []
        self._sending = set()

    async def run(self):
        while True:
            task = asyncio.create_task(self.send())
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
            await asyncio.sleep(0.05)

    async def send(self):
        batch = [event() for _ in range(BATCH_EVENTS // 2)]
        answer = await self.client.post("/v1/batch", json={"writeKey": self.shop.write_key, "batch": batch})
        self.answers.append(([sent["id"] for sent in batch], answer))
        return answer

    async def finish(self):
        await asyncio.gather(*self._sending)


def is_shed(answer):
    """Refused before it was opened, and not for what waits already, which has a bound of its own."""
    return answer.status_code == 503 and "more comes in than can be stored" in answer.text


async def hold(log, seconds):
    """Lets nothing be appended for a while, as if the disk were slow."""
    async with log.transaction():
        await log.execute("SELECT FROM raw.partition FOR UPDATE")
        await asyncio.sleep(seconds)


async def test_late_commits_in_a_row_have_requests_refused_until_they_are_in_time_again(server, shop, log):
    async with httpx.AsyncClient(base_url=server.url, timeout=30, limits=httpx.Limits(max_connections=400)) as client:
        senders = Senders(client, shop)
        sending = asyncio.create_task(senders.run())
        await hold(log, 2 * LATE_SECONDS)
        assert {answer.status_code for _, answer in senders.answers} <= {200}, "a pause is no congestion"
        async with asyncio.timeout(60):
            while not any(is_shed(answer) for _, answer in senders.answers):
                await hold(log, 4 * LATE_SECONDS)
        async with asyncio.timeout(60):
            while (await senders.send()).status_code != 200:
                await asyncio.sleep(0.1)
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending
        await senders.finish()
        async with asyncio.timeout(60):
            while (await senders.send()).status_code != 200:
                await asyncio.sleep(0.1)
    refused = [answer for _, answer in senders.answers if answer.status_code == 503]
    taken = {sent for ids, answer in senders.answers if answer.status_code == 200 for sent in ids}
    for answer in refused:
        assert answer.json()["code"] == "unavailable"
        assert 1 <= int(answer.headers["retry-after"]) <= MOST_RETRY_AFTER
    async with asyncio.timeout(30):
        while await log.fetchval("SELECT coalesce(sum(events), 0) FROM raw.batch") < len(taken):
            await asyncio.sleep(0.1)
    assert {str(row["id"]) for row in await log.fetch("SELECT id FROM raw.events")} == taken
