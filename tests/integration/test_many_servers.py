"""Several servers behind a balancer that sends each request to another one: it makes no difference which."""

import asyncio
import json
import subprocess
import sys
import uuid

import httpx
import pytest

from gooddata.serving.accounts.attempts import OF_ACCOUNT
from tests.conftest import Processes, fresh_databases, new_project
from tests.integration.balancer import Balancer
from tests.integration.workbench import now

OWN = {"X-GoodData": "1"}


class Site:
    def __init__(self, project, processes, servers, balancer, url):
        self.project, self.processes, self.servers = project, processes, servers
        self.balancer, self.url = balancer, url
        # A new connection for each request.
        self.http = httpx.AsyncClient(base_url=url, timeout=20, limits=httpx.Limits(max_keepalive_connections=0))

    async def send(self, *events, path="/v1/batch"):
        reply = await self.http.post(
            path, headers={"Authorization": f"Bearer {self.project.write_key}"}, json={"batch": events}
        )
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def ask(self, path, at=None):
        headers = {"Authorization": f"Bearer {self.project.read_key}"}
        reply = await self.http.get(f"{at or self.url}/api/{path}", headers=headers)
        assert reply.status_code == 200, reply.text
        return reply.json()


@pytest.fixture(scope="module")
async def site(postgres, template, tmp_path_factory):
    """Two servers, each with a data folder of its own as on a machine of its own, and a worker."""
    folder = tmp_path_factory.mktemp("machines")
    async with fresh_databases(postgres) as databases:
        processes = Processes(databases, folder)
        project = await new_project(databases)
        processes.environment["GOODDATA_SECRET"] = "the same on all machines"
        servers = []
        for number in range(2):
            processes.environment["GOODDATA_DATA"] = str(folder / str(number))
            servers.append(await processes.serve())
        processes.start("work")
        balancer = Balancer([server.port for server in servers])
        async with balancer.running() as url:
            made = Site(project, processes, servers, balancer, url)
            yield made
            await made.http.aclose()
        processes.end()


def view(visitor, at=None, path="/"):
    return {
        "id": str(uuid.uuid4()),
        "type": "page",
        "visitor": visitor,
        "timestamp": at or now(),
        "context": {"page": {"path": path}},
    }


async def message(lines, holds=lambda told: True):
    async with asyncio.timeout(30):
        async for line in lines:
            if line.startswith("data:") and holds(told := json.loads(line[5:])):
                return told
    raise AssertionError("the stream ended")


async def test_events_count_once_whichever_server_they_come_to_and_all_servers_say_the_same(site):
    batches = [[view(str(uuid.uuid4())) for _ in range(20)] for _ in range(10)]
    # Each batch three times at once, so that both servers have it at the same time.
    replies = await asyncio.gather(*(site.send(*batch) for batch in batches * 3))
    assert sum(reply["accepted"] for reply in replies) == 200
    assert sum(reply["duplicate"] for reply in replies) == 400
    for server in site.servers:
        for _ in range(200):
            told = [await site.ask(path, server.url) for path in ("overview", "breakdown?dimension=page", "ledger")]
            if told[0]["events"] == 200:
                break
            await asyncio.sleep(0.05)
        assert (told[0]["events"], told[0]["visitors"], told[0]["sessions"]) == (200, 200, 200)
        assert told[1]["rows"][0]["pageviews"] == 200
        assert (told[2]["received"], told[2]["stored"], told[2]["duplicate"]) == (600, 200, 400)
    assert min(site.balancer.taken.values()) >= 10


async def test_a_visitor_hears_of_scores_whichever_servers_the_stream_and_the_events_are_on(site):
    visitor = str(uuid.uuid4())
    token = (await site.send(view(visitor), path="/v1/batch?intelligence=1"))["token"]
    asked = {"key": site.project.write_key, "visitor": visitor, "token": token}
    keys = {"Authorization": f"Bearer {site.project.read_key}"}
    for listening in site.servers:
        [other] = [server for server in site.servers if server is not listening]
        async with (
            site.http.stream("GET", f"{listening.url}/v1/intelligence/stream", params=asked) as scores,
            site.http.stream("GET", f"{listening.url}/api/live/stream", headers=keys) as live,
        ):
            lines, pictures = scores.aiter_lines(), live.aiter_lines()
            first, before = await message(lines), await message(pictures)
            reply = await site.http.post(
                f"{other.url}/v1/batch",
                headers={"Authorization": f"Bearer {site.project.write_key}"},
                json={"batch": [view(visitor, path="/elsewhere")]},
            )
            assert reply.json()["accepted"] == 1
            later = await message(lines, lambda told, first=first: told["computed_at"] > first["computed_at"])
            assert later["visitor"] == visitor and "conversion" in later["scores"]
            events = before["sessions"][0]["events"] if before["sessions"] else 0
            await message(
                pictures, lambda told, events=events: told["sessions"] and told["sessions"][0]["events"] > events
            )


async def test_who_has_signed_in_at_one_server_is_signed_in_at_all_and_guesses_are_counted_together(site):
    async def command(*words, said=""):
        run = [sys.executable, "-m", "gooddata", *words]
        environment = site.processes.environment
        done = await asyncio.to_thread(
            lambda: subprocess.run(run, env=environment, input=said, capture_output=True, text=True, check=True)
        )
        return done.stdout

    link = (await command("sign-in")).strip()
    path = link[link.index("/", 8) :]
    async with httpx.AsyncClient(
        base_url=site.url, headers=OWN, limits=httpx.Limits(max_keepalive_connections=0)
    ) as browser:
        assert (await browser.get(path)).status_code in (200, 302, 303, 307)
        for _ in range(4):
            assert (await browser.get("/api/session")).json()["signed_in"] is True
        again = await site.http.get(path)
        assert again.status_code not in (200, 302, 303, 307) or "set-cookie" not in again.headers
        assert (await browser.post("/api/sign-out")).status_code in (200, 204)
        for _ in range(2):
            assert (await browser.get("/api/session")).status_code == 401
    codes = [
        (
            await site.http.post(
                "/api/sign-in", headers=OWN, json={"email": "owner@example.com", "password": f"guess number {number}"}
            )
        ).status_code
        for number in range(OF_ACCOUNT + 2)
    ]
    assert codes == [401] * OF_ACCOUNT + [429] * 2


async def test_one_server_that_dies_is_missed_by_nobody(site):
    """The last test: it stays dead."""
    visitor = str(uuid.uuid4())
    before = (await site.ask("ledger"))["stored"]
    await site.send(view(visitor))
    site.servers[0].process.kill()
    site.servers[0].process.wait()
    for _ in range(6):
        assert (await site.send(view(visitor)))["accepted"] == 1
    for _ in range(200):
        if (told := (await site.ask("ledger"))["stored"]) == before + 7:
            break
        await asyncio.sleep(0.05)
    assert told == before + 7
