"""What `gooddata up` says and does when something stands in its way."""

import asyncio
import json
import re
import socket
import subprocess
import sys

import asyncpg
import httpx
import pytest

from gooddata.up import WORN
from tests.e2e.conftest import start_product
from tests.integration.nats_servers import NatsServers
from tests.integration.sent import event


def up(*flags):
    return subprocess.run([sys.executable, "-m", "gooddata", "up", *flags], capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    started = start_product(tmp_path_factory.mktemp("up") / "data")
    yield started
    assert started.stop() == 0


def test_it_announces_what_one_needs(product):
    assert set(product.announced) == {"url", "project", "write_key", "read_key", "raw_dsn", "analytics_dsn"}


def test_a_second_one_on_the_same_folder_says_so(product):
    second = up("--data", str(product.data), "--port", "0")
    assert second.returncode != 0
    second = up("--data", str(product.data), "--port", "18999")
    assert second.returncode == 2
    assert "already in use by gooddata (pid" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_taken_port_is_named_before_anything_is_made(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = up("--data", str(tmp_path / "data"), "--port", str(port))
    assert answer.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in answer.stderr
    assert "--port" in answer.stderr
    assert not (tmp_path / "data" / "postgres").exists()


async def test_each_process_is_connected_by_a_login_that_can_do_what_its_roles_may(product):
    owner = await asyncpg.connect(product.announced["analytics_dsn"])
    try:
        expected = {f"gooddata_up_{process}": set(roles) for process, roles in WORN.items() if roles}
        for _ in range(100):  # the trainer connects in its own time
            rows = await owner.fetch(
                "SELECT usename, application_name FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            if len({row["usename"] for row in rows}) == len(expected):
                break
            await asyncio.sleep(0.1)
        worn = {}
        for login, name in rows:
            # Listeners are called by what they listen to, and wear the role of their process.
            if name not in ("gooddata_batch", "gooddata_score"):
                worn.setdefault(login, set()).add(name)
        assert worn == expected
        for login, roles in expected.items():
            may_become = await owner.fetch(
                "SELECT rolname FROM pg_roles r WHERE pg_has_role($1, r.oid, 'MEMBER') AND rolname <> $1", login
            )
            assert {row["rolname"] for row in may_become} == roles
            flags = "rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
            [flags] = await owner.fetch(f"SELECT {flags} FROM pg_roles WHERE rolname = $1", login)
            assert not any(flags)
    finally:
        await owner.close()


async def test_what_an_owner_asks_of_raw_in_the_dashboard_goes_by_a_login_that_can_do_nothing_else(product):
    async with httpx.AsyncClient(base_url=product.url) as browser:
        await browser.get(product.command("sign-in").strip())
        asked = {"project": product.announced["project"]}
        assert (await browser.get("/api/rejected", params=asked)).json()["groups"] == []
        [entry] = (await browser.get("/api/audit", params=asked)).json()["entries"]
    assert (entry["action"], entry["login"]) == ("read rejected", "gooddata_up_operator")
    owner = await asyncpg.connect(product.announced["raw_dsn"])
    may_become = "SELECT rolname FROM pg_roles r WHERE pg_has_role($1, r.oid, 'MEMBER') AND rolname <> $1"
    assert [row[0] for row in await owner.fetch(may_become, entry["login"])] == ["gooddata_operator"]
    await owner.close()


async def test_its_port_tells_the_metrics_of_all_its_processes_to_who_has_the_token_of_the_data_folder(product):
    token = product.data / "metrics-token"
    assert token.stat().st_mode & 0o077 == 0
    async with httpx.AsyncClient(base_url=product.url) as http:
        assert (await http.get("/metrics")).status_code == 401
        for _ in range(200):  # the trainer starts in its own time
            text = (await http.get("/metrics", headers={"authorization": f"Bearer {token.read_text()}"})).text
            telling = set(re.findall(r'gooddata_process_answers\{process="(\w+)"\} 1\.0', text))
            if telling == {"serve", "work", "train", "up"} and 'gooddata_retention_runs_total{outcome="done"' in text:
                break
            await asyncio.sleep(0.1)
    assert telling == {"serve", "work", "train", "up"}
    assert 'gooddata_worker_partitions{process="work"} 4.0' in text
    assert 'gooddata_retention_runs_total{outcome="done",process="up"} 1.0' in text


def test_projects_are_made_and_listed(product):
    made = json.loads(product.command("project", "create", "News site", "--goal", "Subscribed", "--json"))
    assert made["project"] == "news-site"
    assert made["write_key"].startswith("gw_")
    listed = json.loads(product.command("project", "list", "--json"))
    assert {"news-site": ["Subscribed"]}.items() <= {row["project"]: row["goals"] for row in listed}.items()


def test_it_starts_again_with_the_same_keys_and_stops_cleanly(tmp_path):
    first = start_product(tmp_path / "data")
    assert first.stop() == 0
    second = start_product(tmp_path / "data")
    assert second.stop() == 0
    assert second.announced["write_key"] == first.announced["write_key"]


@pytest.fixture
async def on_nats(tmp_path, monkeypatch):
    """The product with its event log on a NATS server."""
    servers = await NatsServers(tmp_path / "nats").start()
    monkeypatch.setenv("GOODDATA_LOG", servers.url())
    started = start_product(tmp_path / "data")
    yield started
    assert started.stop() == 0
    servers.end()


async def test_naming_nats_servers_is_all_it_takes_to_have_the_event_log_there(on_nats):
    shop, read_key = on_nats.announced["project"], on_nats.announced["read_key"]
    events = [event(visitor=name) for name in ("gone", "gone", "stays")]
    token = (on_nats.data / "metrics-token").read_text()
    async with httpx.AsyncClient(base_url=on_nats.url) as http:
        for _ in range(2):
            answer = await http.post("/v1/batch", json={"writeKey": on_nats.announced["write_key"], "batch": events})
            assert answer.status_code == 200
        http.headers["Authorization"] = f"Bearer {read_key}"
        for _ in range(200):
            ledger = (await http.get("/api/ledger", params={"project": shop})).json()
            if ledger["received"] == 6:
                break
            await asyncio.sleep(0.1)
        told = (await http.get("/metrics", headers={"authorization": f"Bearer {token}"})).text
    assert (ledger["stored"], ledger["duplicate"]) == (3, 3)
    assert 'gooddata_archive_parts_total{outcome="moved",process="archive"}' in told
    assert 'gooddata_archive_behind_messages{process="archive"} 0.0' in told
    receipt = json.loads(on_nats.command("erase", "--project", shop, "--visitor", "gone", "--json"))
    assert (receipt["raw"]["events"], receipt["analytics"]["events"]) == (2, 2)
    assert receipt["raw"]["stream_messages"] > 0
    raw = [json.loads(line) for line in on_nats.command("events", "--json").splitlines()]
    assert [each["visitor"] for each in raw] == ["stays"]
