"""kill -9 of the database, the worker and the API in turn, during a replay: nothing is lost, nothing counts twice."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import start_product
from tests.e2e.recount import all_applied, counts, plain_sessions, rows_of

SEED = 20_150_910


@pytest.fixture
def product(tmp_path):
    started = start_product(tmp_path / "data")
    yield started
    assert started.stop() == 0


def process_of(product, word):
    """The child of `gooddata up` that is a program, or has an argument, named `word`."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            words = (entry / "cmdline").read_bytes().decode().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(parent) == product.process.pid and any(Path(given).name == word for given in words):
            return int(entry.name)
    return None


async def kill(product, word):
    while (pid := process_of(product, word)) is None:
        await asyncio.sleep(0.05)
    os.kill(pid, signal.SIGKILL)


async def begun(product):
    """Waits for the first events to be acknowledged."""
    headers = {"Authorization": f"Bearer {product.announced['read_key']}"}
    async with httpx.AsyncClient(base_url=product.url, headers=headers) as api:
        while not (await api.get("/api/ledger")).json()["received"]:
            await asyncio.sleep(0.05)


async def test_kills_during_a_replay_lose_and_double_nothing(product, shared_data):
    log = shared_data / "retailrocket" / "events_20150910_15.csv.xz"
    rows = rows_of(log)
    chance = random.Random(SEED)
    replay = ["replay", str(log), "--format", "retailrocket", "--project", "default", "--json"]
    # Not as fast as it can, or it would be through before the first kill.
    command = [sys.executable, "-m", "gooddata", *replay, "--speed", "40000x", "--data", str(product.data)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    await begun(product)
    kills = 0
    for word in ("postgres", "work", "serve") * 3:
        await asyncio.sleep(chance.uniform(0.1, 1.0))
        if running.poll() is None:
            kills += 1
        await kill(product, word)
    report = json.loads(running.communicate(timeout=180)[0])
    assert running.returncode == 0
    print(f"\nkilled {kills} times during the replay: {report}")
    assert kills >= 3
    assert report["accepted"] + report["duplicate"] + report["spooled"] == len(rows)

    again = json.loads(product.command(*replay))
    assert (again["accepted"], again["duplicate"]) == (0, len(rows)), "what was acknowledged was there"
    headers = {"Authorization": f"Bearer {product.announced['read_key']}"}
    async with httpx.AsyncClient(base_url=product.url, headers=headers, timeout=30) as api:
        await all_applied(api)
        ledger = (await api.get("/api/ledger")).json()
    there = await counts(product)
    assert there["stored"] == there["ids"] == there["events"] == ledger["stored"] == len(rows)
    assert ledger["received"] == ledger["stored"] + ledger["duplicate"]
    assert there["sessions"] == plain_sessions(rows, product)
    total = [row for row in there["rollup"] if row[2] == ""]
    assert sum(row[4] for row in total) == len(rows)
    assert sum(row[6] for row in total) == len(there["sessions"])


async def test_what_was_acknowledged_is_there_after_the_whole_product_was_killed(tmp_path):
    product = start_product(tmp_path / "data")
    headers = {"Authorization": f"Bearer {product.announced['write_key']}"}
    events = [{"id": f"event {number}", "type": "page", "visitor": f"visitor {number % 7}"} for number in range(500)]
    async with httpx.AsyncClient(base_url=product.url, headers=headers) as api:
        assert (await api.post("/v1/batch", json={"batch": events})).json()["accepted"] == 500
    product.process.kill()
    product.process.wait()
    again = start_product(tmp_path / "data")
    try:
        assert again.announced["write_key"] == product.announced["write_key"]
        async with httpx.AsyncClient(base_url=again.url, headers=headers) as api:
            assert (await api.post("/v1/batch", json={"batch": events})).json()["duplicate"] == 500
        assert (await counts(again))["stored"] == 500
    finally:
        assert again.stop() == 0
