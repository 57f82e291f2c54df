"""From events to recommendations over HTTP: of a visitor, by rules, within seconds, and nothing of who is erased."""

import asyncio
import os
import signal
import subprocess
import sys
import uuid
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from gooddata.intelligence.jobs import do_once
from gooddata.intelligence.standing import JOBS
from tests.conftest import new_project
from tests.integration.workbench import now

# Only an id that is hard to guess gets a token.
SOMEBODY, PRIVATE = str(uuid.uuid4()), str(uuid.uuid4())


def about(item, at, visitor, name="Product Viewed", **more):
    properties = {"product_id": item, "category": "tea" if item.startswith("t") else "cups"} | more
    return {
        "id": str(uuid.uuid4()), "type": "track", "name": name, "visitor": visitor, "timestamp": at,
        "properties": properties,
    }  # fmt: skip


def walk(items, visitor, at, name="Product Viewed"):
    return [about(item, at + 1_000 * step, visitor, name) for step, item in enumerate(items)]


class Shop:
    """A project, a server and a worker."""

    def __init__(self, project, server, processes, databases):
        self.project, self.server, self.processes, self.databases = project, server, processes, databases
        self.http = httpx.AsyncClient(base_url=server.url, timeout=20)
        self.tokens = {}

    async def send(self, *events):
        headers = {"Authorization": f"Bearer {self.project.write_key}"}
        for start in range(0, len(events), 500):
            reply = await self.http.post("/v1/batch", headers=headers, json={"batch": events[start : start + 500]})
            assert reply.json()["accepted"] == len(events[start : start + 500]), reply.text
        visitor = events[-1]["visitor"]
        self.tokens[visitor] = reply.json().get("token")

    async def ask(self, status=200, **asked):
        given = {"key": self.project.write_key} | asked
        reply = await self.http.get("/v1/recommendations", params=given)
        assert reply.status_code == status, reply.text
        return reply.json()

    async def command(self, *words):
        """What a command of gooddata about the project prints."""
        line = [sys.executable, "-m", "gooddata", *words, "--project", self.project.project]
        environment = self.processes.environment
        ran = await asyncio.to_thread(
            lambda: subprocess.run(line, env=environment, capture_output=True, text=True, check=True)
        )
        return ran.stdout

    async def items(self, **asked):
        return [each["item"] for each in (await self.ask(**asked))["recommendations"]]

    async def until(self, answers, **asked):
        """What is recommended once `answers` holds of it."""
        for _ in range(200):
            told = await self.ask(**asked)
            if answers([each["item"] for each in told["recommendations"]]):
                return told
            await asyncio.sleep(0.1)
        raise AssertionError(f"not within 20 seconds: {told}")


@pytest.fixture
async def shop(databases, processes):
    project = await new_project(databases)
    server = await processes.serve()
    processes.start("work")
    made = Shop(project, server, processes, databases)
    yield made
    await made.http.aclose()


def crowd(at):
    """Of each ten visitors seven see t1, t2, t3 and three c1, c2."""
    events = []
    for number in range(600):
        items = ["c1", "c2"] if number % 10 < 3 else ["t1", "t2", "t3"]
        events += walk(items, f"crowd-{number}", at - 3 * 3_600_000 + number * 5_000)
    return events


def token_of(shop, visitor):
    return {"visitor": visitor, "token": shop.tokens[visitor]}


async def test_recommendations_follow_events_rules_and_erasure(shop, databases):
    at = now()
    told = await shop.ask()
    assert told == {
        "recommendations": [], "known": 0, "model": None, "reason": "no session has had an item yet",
    }  # fmt: skip
    await shop.send(*crowd(at))
    told = await shop.until(lambda items: items[:1] == ["t2"], items="t1", count=2)
    assert [each["why"] for each in told["recommendations"]] == ["next", "next"]
    assert told["known"] == 1 and told["recommendations"][0]["category"] == "tea"
    assert set(await shop.items(similar_to="c1", count=1)) == {"c2"}

    # A visitor, by what they have seen themselves; what they have bought is left out.
    await shop.send(*walk(["c1"], SOMEBODY, at))
    somebody = token_of(shop, SOMEBODY)
    await shop.until(lambda items: items[:1] == ["c2"], count=1, **somebody)
    order = about("c2", at + 2_000, SOMEBODY, "Product Added"), {
        "id": str(uuid.uuid4()), "type": "track", "name": "Order Completed", "visitor": SOMEBODY,
        "timestamp": at + 3_000, "properties": {"order_id": "1", "revenue": 9},
    }  # fmt: skip
    await shop.send(*order, about("t3", at + 5_000, SOMEBODY))
    await shop.until(lambda items: "c2" not in items and "t3" not in items, count=5, **somebody)
    assert "c2" in await shop.items(count=5, exclude_bought="false", **somebody)

    # An item that nobody has known before is recommended within seconds of its first events.
    await shop.send(*(each for n in range(3) for each in walk(["t1", "t9"], f"curious-{n}", at)))
    await shop.until(lambda items: "t9" in items, items="t1", count=5)

    # The owner's word holds.
    assert "1 items set" in await shop.command("items", "set", "t2", "--out-of-stock")
    await shop.until(lambda items: "t2" not in items and "t3" in items, items="t1", count=5)

    # Order is learnt and stored by the standing job, and taken up.
    [job] = [job for job in JOBS if job.name == "recommendations"]
    await do_once(databases.analytics_dsn, job)
    for _ in range(100):
        told = await shop.ask(items="t1")
        if told["model"] == 1:
            break
        await asyncio.sleep(0.1)
    assert told["model"] == 1
    headers = {"Authorization": f"Bearer {shop.project.read_key}"}
    api = (await shop.http.get("/api/recommendations", headers=headers, params={"item": "c1"})).json()
    assert api["recommendations"][0]["item"] == "c2" and api["reason"] is None
    assert api["model"]["hr_20"] > 0.9 and api["model"]["by"] == "products"

    # Who is erased is forgotten, with an item that only they had seen.
    await shop.send(*walk(["t1", "only theirs"], PRIVATE, at))
    await shop.until(lambda items: "only theirs" in items, items="t1", count=10)
    reply = await shop.http.get(
        "/v1/intelligence",
        params=token_of(shop, PRIVATE) | {"key": shop.project.write_key, "recommendations": 3},
    )
    assert len(reply.json()["recommendations"]) == 3
    await shop.command("erase", "--visitor", PRIVATE)
    told = await shop.until(lambda items: "only theirs" not in items, items="t1", count=100)
    assert "only theirs" not in await shop.items(count=100)

    # The process may end: it is started again, and has read everything anew.
    recommender = recommender_of(shop.server.process.pid)
    os.kill(recommender, signal.SIGKILL)
    for _ in range(200):
        reply = await shop.http.get("/v1/recommendations", params={"key": shop.project.write_key, "items": "t1"})
        if reply.status_code == 200:
            break
        assert reply.status_code == 503 and reply.headers["retry-after"] == "1"
        await asyncio.sleep(0.1)
    told = await shop.until(lambda items: "t3" in items, items="t1", count=100)
    assert "only theirs" not in [each["item"] for each in told["recommendations"]]


def recommender_of(server):
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == server and "recommend" in (process / "cmdline").read_text():
                return int(process.name)
    raise AssertionError("there is no recommender")


async def test_what_is_asked_wrongly_is_said_with_the_field(shop):
    for field, value, says in (
        ("count", "0", "whole number from 1 to 100"),
        ("count", "many", "whole number from 1 to 100"),
        ("diversity", "2", "number from 0 to 1"),
        ("exclude_seen", "perhaps", "true or false"),
        ("items", ",".join(map(str, range(101))), "may name 100 items"),
        ("items", "x" * 513, "512 characters"),
        ("colour", "red", "there is no parameter 'colour'"),
    ):
        error = (await shop.ask(status=400, **{field: value}))["error"]
        assert error["field"] == field and says in error["message"], error
    error = (await shop.ask(status=400, token="x"))["error"]
    assert error["field"] == "visitor"
    assert (await shop.ask(status=401, visitor="somebody", token="guessed"))["error"]["code"] == "not_allowed"
    assert (await shop.ask(status=401, key="gd_unknown"))["error"]["code"] == "not_allowed"
    reply = await shop.http.options("/v1/recommendations")
    assert reply.status_code == 204 and reply.headers["access-control-allow-origin"] == "*"
    assert (await shop.http.post("/v1/recommendations", params={"key": shop.project.write_key})).status_code == 400
    # A key that is of another project tells nothing of this one.
    other = await new_project(shop.databases)
    assert await shop.items(key=other.write_key) == []
