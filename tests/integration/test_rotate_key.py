"""`gooddata project rotate-key`, and what a running server makes of it."""

import asyncio
import hashlib
import json
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import msgspec
import pytest

from gooddata.persistence.projects import Project
from tests.conftest import new_project


@pytest.fixture
async def shop(databases):
    return await new_project(databases)


@pytest.fixture
async def http(processes):
    server = await processes.serve()
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        yield client


def command(processes, *arguments):
    line = [sys.executable, "-m", "gooddata", "project", *arguments]
    return subprocess.run(line, env=processes.environment, capture_output=True, text=True, timeout=60)


async def status(http, key):
    event = {"id": str(uuid.uuid4()), "type": "track", "name": "Buy", "visitor": "v"}
    answer = await http.post("/v1/batch", json={"writeKey": key, "batch": [event]})
    return answer.status_code if answer.status_code == 200 else answer.json()["error"]["code"]


async def test_both_keys_are_taken_for_a_time_and_then_the_new_one_alone(processes, http, shop):
    assert await status(http, shop.write_key) == 200
    began = time.monotonic()
    made = json.loads(command(processes, "rotate-key", shop.project, "--keep", "8s", "--json").stdout)
    assert made["project"] == shop.project
    assert abs(datetime.fromisoformat(made["former_until"]) - datetime.now(UTC)) < timedelta(seconds=9)
    assert await status(http, made["write_key"]) == 200
    assert await status(http, shop.write_key) == 200
    # Long enough for the server to have learned until when: it then refuses to the second.
    await asyncio.sleep(began + 6 - time.monotonic())
    assert await status(http, shop.write_key) == 200
    await asyncio.sleep(began + 10 - time.monotonic())
    assert await status(http, shop.write_key) == "unknown_key"
    assert await status(http, made["write_key"]) == 200
    ledger = await http.get("/api/ledger", headers={"Authorization": f"Bearer {shop.read_key}"})
    assert ledger.json()["stored"] == 5


async def test_a_leaked_key_can_be_refused_at_once(processes, http, shop):
    assert await status(http, shop.write_key) == 200
    command(processes, "rotate-key", shop.project, "--keep", "0h")
    await asyncio.sleep(6)
    assert await status(http, shop.write_key) == "unknown_key"


async def test_a_rotation_never_gives_a_key_more_time_than_it_had(processes, databases, shop):
    keys = [shop.write_key]
    for keep in ("1h", "2d", "30m"):
        made = json.loads(command(processes, "rotate-key", shop.project, "--keep", keep, "--json").stdout)
        keys.append(made["write_key"])
    connection = await asyncpg.connect(databases.analytics_dsn)
    rows = await connection.fetch("SELECT key_hash, expires_at - now() AS left FROM control.key WHERE scope = 'write'")
    await connection.close()
    left = {row["key_hash"]: row["left"] for row in rows}
    first, second, third, newest = (left[hashlib.sha256(key.encode()).digest()] for key in keys)
    assert newest is None
    for remaining in (first, second, third):
        assert timedelta(minutes=29) < remaining < timedelta(minutes=30)
    # A longer time for the keys of today is none for those of yesterday.
    command(processes, "rotate-key", shop.project, "--keep", "7d")
    connection = await asyncpg.connect(databases.analytics_dsn)
    rows = await connection.fetch("SELECT expires_at - now() AS left FROM control.key WHERE scope = 'write'")
    await connection.close()
    assert sorted(row["left"] > timedelta(minutes=30) for row in rows if row["left"]) == [False, False, False, True]


async def test_the_project_may_be_called_by_name_and_the_kept_key_follows(processes, shop):
    processes.data.mkdir(parents=True, exist_ok=True)
    kept = processes.data / "project-default.json"
    kept.write_bytes(msgspec.json.encode(shop))
    listed = json.loads(command(processes, "list", "--json").stdout)
    [name] = [row["name"] for row in listed if row["project"] == shop.project]
    ran = command(processes, "rotate-key", name)
    assert "former keys are taken until" in ran.stdout
    now = msgspec.json.decode(kept.read_bytes(), type=Project)
    assert now.write_key in ran.stdout
    assert (now.write_key != shop.write_key, now.read_key) == (True, shop.read_key)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(("nobody",), "there is no project 'nobody'"), (("nobody", "--keep", "soon"), "--keep takes a span")],
)
async def test_what_cannot_be_rotated_is_said(processes, shop, arguments, complaint):
    ran = command(processes, "rotate-key", *arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert complaint in ran.stderr
