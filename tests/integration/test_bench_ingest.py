"""The measurement measures: what it sends is fresh and is stored, what goes wrong is said, and no CPU time is lost."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from click.testing import CliRunner

from bench.contenders import Contender, ingestion_role
from bench.interval import Meter
from bench.load.requests import INPUTS, write_requests
from bench.load.wrk import Sent, send, wrk
from bench.product import cpu_seconds
from gooddata import cli
from gooddata.command_line import UNUSABLE
from gooddata.commands import bench
from gooddata.errors import ConfigurationError, GoodDataError

BACKENDS = "postgres backends"


def need(program: str) -> None:
    """Skips where a program is missing; where CI is set, the Makefile has installed it, or the test has to fail."""
    beside_python = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    if shutil.which(program, path=beside_python) is None and not os.environ.get("CI"):
        pytest.skip(f"{program} is missing here; see the Makefile for where it comes from")


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Contender]:
    """The ingestion role on databases of its own: what is sent here would keep the shared worker busy."""
    async with ingestion_role(tmp_path_factory.mktemp("bench")) as contender:
        yield contender


def send_some(name: str, running: Contender, folder: Path, **how: Any) -> Sent:
    need("wrk")
    requests = write_requests(INPUTS[name], running.host, how.pop("key", running.key), folder / f"requests-{name}")
    return send(INPUTS[name], requests, running.url, seconds=0.5, connections=4, **how)


def test_report_holds_what_is_promised_of_both_servers() -> None:
    need("wrk")
    need("npm")
    command = [sys.executable, "-m", "gooddata", "bench", "ingest", "--json"]
    command += ["--seconds", "1", "--rounds", "1", "--batches", "20"]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    assert report["cores"] == os.cpu_count()
    assert {"python", "postgres", "node", "wrk", "express", "pg"} < report["versions"].keys()
    of_20 = report["batches"]["20"]
    assert of_20["input"]["bytes_per_event"] == pytest.approx(314, abs=3)
    cpu = of_20["cpu_us_per_event"]
    assert report["cpu_us_per_event"] == cpu["product"]
    assert cpu["ratio"] == pytest.approx(cpu["peer"] / cpu["product"], abs=0.01)
    for contender in ("product", "peer"):
        assert of_20["events_stored"][contender] == of_20["events_acknowledged"][contender] > 0
        parts = cpu["by_process"][contender]
        assert sum(parts.values()) == pytest.approx(cpu[contender], abs=0.1)
        assert parts["api"] > 0 and parts[BACKENDS] > 0 and "postgres checkpointer" in parts
        assert of_20["wal_bytes_per_event"][contender] > 50 and of_20["stored_bytes_per_event"][contender] > 50
        for load in ("peak", "half_capacity"):
            assert 0 < of_20["latency_ms"][load][contender]["p50"] <= of_20["latency_ms"][load][contender]["p99"]
        half = of_20["half_capacity"]
        offered, achieved = (half[f"{kind}_events_per_second"][contender] for kind in ("offered", "achieved"))
        assert achieved == pytest.approx(offered, rel=0.3)  # in a second, chance alone makes a tenth
        assert report["lone_event_ms"][contender]["requests"] >= 30  # one after another, in a second of a busy machine
        assert 0 < report["lone_event_ms"][contender]["p50"] <= report["lone_event_ms"][contender]["p99"]


@pytest.mark.parametrize("name", INPUTS)
async def test_every_event_sent_is_fresh_and_stored_as_the_input_says(
    name: str, running: Contender, tmp_path: Path
) -> None:
    shape = INPUTS[name]
    connection = await asyncpg.connect(running.dsn)
    since = await connection.fetchval("SELECT now()")
    async with Meter.of(running) as meter:
        before = await meter.before()
        sent = [send_some(name, running, tmp_path) for _ in range(2)]
        await meter.require_stored(before, sum(one.events for one in sent))  # no duplicate, none rejected
    events = await connection.fetch(
        "SELECT * FROM raw.events WHERE received_at > $1 LIMIT $2", since, 20 * shape.events
    )
    await connection.close()
    assert {event["id"].version for event in events} == {7 if shape.ids == "v7" else 4}
    assert {event["message_id"] for event in events} == {str(event["id"]) for event in events}
    assert len({event["visitor"] for event in events}) > 1


@pytest.mark.parametrize("name", INPUTS)
def test_events_of_every_input_weigh_314_bytes_on_the_average(name: str, tmp_path: Path) -> None:
    written = write_requests(INPUTS[name], "127.0.0.1:8000", "gw_" + "k" * 32, tmp_path / "requests")
    assert written.bytes_per_event == pytest.approx(314, abs=3)


def test_answers_other_than_200_end_the_measurement(running: Contender, tmp_path: Path) -> None:
    with pytest.raises(GoodDataError, match=r"of [\d,]+ requests not all went well: [\d,]+ answers that were no 200"):
        send_some("20", running, tmp_path, key="gw_unknown")


def test_arrivals_at_a_given_rate_come_at_that_rate(running: Contender, tmp_path: Path) -> None:
    sent = send_some("1", running, tmp_path, pace="200")
    assert 60 <= sent.requests <= 140  # 100 on the average, with a standard deviation of 10


async def test_events_that_were_acknowledged_and_not_stored_end_the_measurement(running: Contender) -> None:
    async with Meter.of(running) as meter:
        before = await meter.before()
        await meter.require_stored(before, 0)
        with pytest.raises(GoodDataError, match="20 events were acknowledged, 0 stored"):
            await meter.require_stored(before, 20)


async def test_cpu_of_a_backend_that_ended_is_counted_once(running: Contender) -> None:
    postmaster = running.roots[1]
    before = cpu_seconds(postmaster)[BACKENDS]
    connection = await asyncpg.connect(running.dsn)
    pid = connection.get_server_pid()
    own = 0.0
    while own < 0.5:
        await connection.fetchval("SELECT count(*) FROM generate_series(1, 300000)")
        own = cpu_seconds(pid)[BACKENDS]
    elsewhere = cpu_seconds(postmaster, without={pid})[BACKENDS]
    alive = cpu_seconds(postmaster)[BACKENDS]
    await connection.close()
    while Path(f"/proc/{pid}").exists():
        await asyncio.sleep(0.01)
    ended = cpu_seconds(postmaster)[BACKENDS]
    assert elsewhere == pytest.approx(before, abs=0.1)
    assert alive - before == pytest.approx(own, abs=0.1)
    assert ended == pytest.approx(alive, abs=0.1)


def test_missing_load_generator_is_named_with_where_it_comes_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match="apt-get install wrk"):
        wrk()


def test_installed_without_its_sources_the_command_says_where_benchmarks_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bench, "__file__", str(tmp_path / "gooddata" / "commands" / "bench.py"))
    ended = CliRunner().invoke(cli.main, ["bench", "ingest"])
    assert ended.exit_code == UNUSABLE
    assert "benchmarks run from a source checkout" in ended.output


def test_unknown_input_is_named_with_those_there_are() -> None:
    ended = CliRunner().invoke(cli.main, ["bench", "ingest", "--batches", "20,21"])
    assert ended.exit_code == UNUSABLE
    assert "no input '21'; choose from 1, 20, 20_segment, 500" in ended.output
