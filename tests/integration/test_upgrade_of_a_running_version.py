"""What a version of before has stored is there after the upgrade, and its processes work on until they are replaced."""

import asyncio
import io
import os
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path

import asyncpg
import httpx
import pytest

from gooddata.persistence.projects import create_project
from tests.conftest import Databases, as_admin, free_port
from tests.integration.sent import event
from tests.integration.workbench import MINUTE, now

ROOT = Path(__file__).parents[2]
# The newest tag, or, while there is none, a commit of before the newest migrations (raw 12 and 13, analytics 26 to 28).
# Those rebuild a view, move rows from one table to another, and bring two roles, which is what an upgrade can break.
BEFORE = "2072b1e3f592649e2945f9b7625d273a16da6eea"

SESSIONS = "SELECT visitor, started_at, last_at, events, pageviews, goals FROM analytics.session ORDER BY 1, 2"
MINUTES = (
    """SELECT minute, sum(events)::bigint FROM analytics.rollup_minute WHERE dimension = '' GROUP BY 1 ORDER BY 1"""
)
RECOUNTED = """SELECT date_trunc('minute', timestamp), count(*) FROM raw.events GROUP BY 1 ORDER BY 1"""
SCORES = "SELECT t::text FROM analytics.score t ORDER BY 1"


def git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True)


@pytest.fixture(scope="module")
def former(tmp_path_factory):
    """The code of the version before, unpacked."""
    tags = git("tag", "--list", "v*", "--sort=-version:refname", "--merged", "HEAD~1").stdout.decode().split()
    commit = tags[0] if tags else BEFORE
    packed = git("archive", "--format=tar", commit, "gooddata")
    if packed.returncode:
        pytest.skip(
            f"{commit}, from which to upgrade, is not in this clone; fetch its history: git fetch --unshallow --tags"
        )
    folder = tmp_path_factory.mktemp("former")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as tree:
        tree.extractall(folder, filter="data")
    return folder


class Version:
    """Commands of one version, on the same two databases."""

    def __init__(self, code, environment):
        self._code = code
        self._environment = environment | {"PYTHONPATH": str(code)}
        self.started = []

    def start(self, *arguments):
        command = [sys.executable, "-m", "gooddata", *arguments]
        process = subprocess.Popen(command, cwd=self._code, env=self._environment)
        self.started.append(process)
        return process

    async def run(self, *arguments):
        assert await asyncio.to_thread(self.start(*arguments).wait) == 0

    async def serve(self):
        port = free_port()
        process = self.start("serve", "--ingest", "--port", str(port))
        url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient() as http:
            for _ in range(600):
                assert process.poll() is None
                try:
                    if (await http.get(f"{url}/readyz")).status_code == 200:
                        return process, url
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)
        raise AssertionError("the server does not answer")


async def ended(process):
    process.terminate()
    assert await asyncio.to_thread(process.wait, 20) in (0, -15)


@pytest.fixture
async def empty(postgres):
    names = ("upgraded_raw", "upgraded_analytics")
    yield Databases(*(postgres.dsn(name) for name in names))
    await as_admin(postgres, *(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names))


async def test_what_a_running_version_has_stored_is_kept_and_its_processes_work_on(empty, former, tmp_path):
    environment = {
        **os.environ,
        "GOODDATA_RAW_DSN": empty.raw_dsn,
        "GOODDATA_ANALYTICS_DSN": empty.analytics_dsn,
        "GOODDATA_DATA": str(tmp_path / "data"),
    }
    before, after = Version(former, environment), Version(ROOT, environment)
    assert migrations_of(former) < migrations_of(ROOT), "there is nothing to upgrade"
    try:
        await before.run("migrate")
        raw, analytics = [await asyncpg.connect(dsn) for dsn in (empty.raw_dsn, empty.analytics_dsn)]
        project = await create_project(analytics, "Shop")
        former_worker = before.start("work")
        former_server, former_url = await before.serve()
        sent = []

        async def send(url, events):
            async with httpx.AsyncClient(base_url=url, timeout=30) as http:
                answer = await http.post("/v1/batch", json={"writeKey": project.write_key, "batch": events})
                assert answer.json()["accepted"] == len(events), answer.text
            sent.extend(events)

        async def settled():
            for _ in range(600):
                heads = await raw.fetch("SELECT partition, head FROM raw.partition ORDER BY 1")
                if heads == await analytics.fetch("SELECT partition, seq FROM analytics.cursor ORDER BY 1"):
                    return
                await asyncio.sleep(0.05)
            raise AssertionError("the worker does not catch up")

        # Visits of an hour ago, which nothing that comes later is part of.
        at = now() - 90 * MINUTE
        for number in range(20):
            visitor = f"earlier {number}"
            await send(
                former_url,
                [page(visitor, at + each * MINUTE) for each in range(1 + number % 5)] + [bought(visitor, at)],
            )
        await settled()
        held = {question: await analytics.fetch(question) for question in (SESSIONS, MINUTES, SCORES)}
        assert [len(rows) > 0 for rows in held.values()] == [True] * 3

        pouring = asyncio.create_task(pour(send, former_url))
        await after.run("migrate")
        at_upgrade = len(sent)
        while len(sent) < at_upgrade + 60:
            await asyncio.sleep(0.01)
        # As docs/deploy.md says: workers first, then what serves and takes events in.
        await ended(former_worker)
        after.start("work")
        _, url = await after.serve()
        pouring.cancel()
        await asyncio.gather(pouring, return_exceptions=True)
        await ended(former_server)
        pouring = asyncio.create_task(pour(send, url))
        at_switch = len(sent)
        while len(sent) < at_switch + 60:
            await asyncio.sleep(0.01)
        pouring.cancel()
        await asyncio.gather(pouring, return_exceptions=True)
        # Who was not told sends again, to the new version: what the former stored is known to it.
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            again = await http.post("/v1/batch", json={"writeKey": project.write_key, "batch": sent[:500]})
        assert again.json()["duplicate"] == min(len(sent), 500)
        await settled()

        ids = [row[0] for row in await raw.fetch("SELECT message_id FROM raw.events")]
        assert {each["id"] for each in sent} <= set(ids)
        assert max(Counter(ids).values()) == 1
        assert len(ids) == await analytics.fetchval("SELECT count(*) FROM analytics.event")
        minutes = await analytics.fetch(MINUTES)
        assert minutes == await raw.fetch(RECOUNTED)
        assert dict(held[MINUTES]).items() <= dict(minutes).items()
        sessions = await analytics.fetch(SESSIONS)
        assert set(held[SESSIONS]) <= set(sessions)
        assert sum(row["events"] for row in sessions) == len(ids)
        scores = [row[0] for row in await analytics.fetch(SCORES)]
        assert {row[0] for row in held[SCORES]} <= set(scores)
        ledger = await raw.fetch("SELECT outcome, sum(events)::int FROM raw.ledger GROUP BY 1")
        assert dict(ledger) == {"stored": len(ids), "duplicate": again.json()["duplicate"]}
        for connection in (raw, analytics):
            await connection.close()
    finally:
        for process in [*before.started, *after.started]:
            process.kill()
            process.wait()


def migrations_of(code):
    return {each.name for each in (code / "gooddata/persistence/migrations").glob("*/*.sql")}


def page(visitor, at):
    return event(visitor=visitor, timestamp=at, type="page", name=None)


def bought(visitor, at):
    return event(visitor=visitor, timestamp=at, type="track", name="Order Completed", properties={"revenue": 12.5})


async def pour(send, url):
    number = 0
    while True:
        await send(url, [page(f"meanwhile {(number + each) % 30}", now()) for each in range(5)])
        number += 5
        await asyncio.sleep(0.02)
