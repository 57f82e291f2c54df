"""`gooddata up`: the whole product on one machine, on the embedded databases unless settings name others."""

import asyncio
import os
import signal
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import asyncpg
import httpx
import msgspec

from gooddata.config import PREFIX, WITHOUT_OPERATOR, Settings, environment_of
from gooddata.errors import ConfigurationError, GoodDataError, InputError
from gooddata.eventlog.jetstream.address import is_nats
from gooddata.eventlog.open import make_log
from gooddata.inside.process import inside_of
from gooddata.persistence.embedded import EmbeddedPostgres, FolderLock
from gooddata.persistence.kept_projects import keep_project, kept_project
from gooddata.persistence.logins import make_login
from gooddata.persistence.migrate import migrate
from gooddata.persistence.projects import Project, create_project, renew_keys
from gooddata.persistence.retention.keep import keep_terms
from gooddata.persistence.retention.numbers import RetentionNumbers
from gooddata.ports import require_free_port
from gooddata.serving.access import make_link_token
from gooddata.supervisor import Role, Supervisor
from gooddata.tls import certificate_of, own_url

# The roles that each process takes, in either database.
WORN = {
    "api": ["gooddata_ingest", "gooddata_ledger", "gooddata_dashboard"],
    "worker": ["gooddata_worker"],
    "trainer": ["gooddata_worker"],
    "shoppers": [],
}
# And one more, where the event log is on NATS.
WORN_ON_NATS = {"archive": ["gooddata_archive"]}
# What owners do with raw in the dashboard goes over connections of its own, under a login that can do nothing else.
OPERATOR = "gooddata_operator"
OPERATED_BY = "api"
READY_SECONDS = 60.0
WATCH_SECONDS = 0.25
AGAIN_SECONDS = 2.0  # until a database that did not start is started again


class Running(msgspec.Struct, frozen=True):
    """What `gooddata up --json` prints once everything answers."""

    url: str
    project: str
    write_key: str
    read_key: str
    raw_dsn: str
    analytics_dsn: str
    sign_in: str


ANNOUNCED = ("url", "project", "write_key", "read_key", "raw_dsn", "analytics_dsn")


def welcome(running: Running, demo: bool) -> str:
    """What a person reads once everything answers."""
    lines = [
        "",
        "GoodData is running. Stop it with Ctrl-C.",
        "",
        f"  Dashboard   {running.sign_in}",
        "              (this link signs one browser in; for another: gooddata sign-in)",
    ]
    if demo:
        lines.append(f"  Demo shop   {running.url}/demo/  (simulated shoppers are about; the model learns from them)")
    lines += [
        f"  Project     {running.project}",
        f"  Write key   {running.write_key}",
        f'  Your site   <script defer src="{running.url}/gooddata.js" data-key="{running.write_key}"></script>',
        "",
    ]
    return "\n".join(lines)


def keep_running(data: Path, running: Running) -> None:
    """Leaves in the data folder, for its owner alone, where the product answers; other commands find it there."""
    path = data / "running.json"
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.encode(running))


def running(data: Path) -> Running | None:
    """Where the product that runs (or last ran) on the data folder answers."""
    path = data / "running.json"
    return msgspec.json.decode(path.read_bytes(), type=Running) if path.exists() else None


async def up(settings: Settings, *, demo: bool, ready: Callable[[Running], None], say: Callable[[str], None]) -> None:
    """Starts everything, calls `ready` once it answers, and runs until SIGINT or SIGTERM, which end it cleanly.

    Raises ConfigurationError when the folder is in use, the port taken, or a database not usable.
    """
    stop = asyncio.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
    lock = FolderLock(settings.data)
    lock.acquire()
    postgres = None
    try:
        require_free_port(settings.host, settings.port)
        certificate_of(settings)
        if settings.raw_dsn is None or settings.analytics_dsn is None:
            postgres = EmbeddedPostgres(settings.data / "postgres", log=say)
            postgres.start()
        await _run(_on_embedded(settings, postgres), postgres, demo, stop, ready, say)
    finally:
        if postgres is not None:
            postgres.stop()
        lock.release()


def _on_embedded(settings: Settings, postgres: EmbeddedPostgres | None) -> Settings:
    if postgres is None:
        return settings
    return msgspec.structs.replace(
        settings,
        raw_dsn=settings.raw_dsn or postgres.dsn("gooddata_raw"),
        analytics_dsn=settings.analytics_dsn or postgres.dsn("gooddata_analytics"),
    )


async def _own_logins(settings: Settings, postgres: EmbeddedPostgres | None) -> dict[str, Mapping[str, str]]:
    """The settings by which each process connects to the embedded server under a login of its own; a database that the
    settings name is reached as they say."""
    logins: dict[str, Mapping[str, str]] = {}
    worn = WORN | (WORN_ON_NATS if is_nats(settings.log) else {})
    if postgres is None:
        return {name: _operators(settings, None, None) if name == OPERATED_BY else WITHOUT_OPERATOR for name in worn}
    operator = await make_login(postgres.dsn("postgres"), "gooddata_up_operator", [OPERATOR])
    for process, roles in worn.items():
        login = f"gooddata_up_{process}"
        password = await make_login(postgres.dsn("postgres"), login, roles) if roles else None
        own = {}
        for database, named in (("raw", settings.raw_dsn), ("analytics", settings.analytics_dsn)):
            if named == postgres.dsn(f"gooddata_{database}"):
                dsn = postgres.dsn(f"gooddata_{database}", login, password) if password else ""
                own[f"{PREFIX}{database.upper()}_DSN"] = dsn
        logins[process] = own | (
            _operators(settings, postgres, operator) if process == OPERATED_BY else WITHOUT_OPERATOR
        )
    return logins


def _operators(settings: Settings, postgres: EmbeddedPostgres | None, password: str | None) -> dict[str, str]:
    """By which DSNs the operator's work is done: those that the settings name, the login of its own on the embedded
    server, or the ones by which `up` itself reaches a database."""
    found = {}
    for database, given, named in (
        ("raw", settings.operator_raw_dsn, settings.raw_dsn),
        ("analytics", settings.operator_analytics_dsn, settings.analytics_dsn),
    ):
        if given is None and postgres is not None and named == postgres.dsn(f"gooddata_{database}"):
            given = postgres.dsn(f"gooddata_{database}", "gooddata_up_operator", password)
        found[f"{PREFIX}OPERATOR_{database.upper()}_DSN"] = given or named or ""
    return found


async def _run(
    settings: Settings,
    postgres: EmbeddedPostgres | None,
    demo: bool,
    stop: asyncio.Event,
    ready: Callable[[Running], None],
    say: Callable[[str], None],
) -> None:
    raw_dsn, analytics_dsn = settings.require_dsns()
    await migrate(raw_dsn, analytics_dsn, partitions=settings.partitions)
    await make_log(settings.log, raw_dsn, analytics_dsn, settings.dedup_window)
    settings.secret_bytes()
    project, token = await _first_project(settings, analytics_dsn, demo)
    url = own_url(settings)
    supervisor = Supervisor(environment_of(settings), say)
    logins = await _own_logins(settings, postgres)
    if settings.tls_certificate is not None and "SSL_CERT_FILE" not in os.environ:
        # Shoppers of the demo believe the certificate that they are shown here.
        logins["shoppers"] = {**logins.get("shoppers", {}), "SSL_CERT_FILE": str(settings.tls_certificate)}
    numbers = RetentionNumbers()
    async with AsyncExitStack() as stack:
        # Each process tells its metrics to those of this account alone, and the one that has a port tells them all.
        sockets = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gooddata-")))
        told_here = msgspec.structs.replace(settings, metrics_listen=f"unix:{sockets / 'up'}", metrics_of=None)
        inside = await stack.enter_async_context(inside_of(told_here, "up"))
        inside.metrics.add("retention", numbers.samples)
        inside.metrics.add("supervisor", supervisor.samples)
        stack.push_async_callback(supervisor.stop)
        stack.callback(asyncio.create_task(keep_terms(raw_dsn, analytics_dsn, numbers)).cancel)
        _start_roles(supervisor, logins, url, demo, is_nats(settings.log), sockets)
        if await _answers(f"{url}/readyz", stop):
            ready(
                Running(
                    url,
                    project.project,
                    project.write_key,
                    project.read_key,
                    raw_dsn,
                    analytics_dsn,
                    f"{url}/sign-in?token={token}",
                )
            )
        while not stop.is_set():
            if postgres is not None and postgres.poll() is not None:
                say("the database ended; starting it again")
                if not started_again(postgres, say):
                    with suppress(TimeoutError):
                        await asyncio.wait_for(stop.wait(), AGAIN_SECONDS)
                    continue
                if postgres.dsn("gooddata_raw") != raw_dsn:
                    # Its port was taken meanwhile: everything that knew the old one starts anew.
                    await supervisor.stop()
                    await _run(_on_embedded(settings, postgres), postgres, demo, stop, lambda _: None, say)
                    return
            try:
                async with asyncio.timeout(WATCH_SECONDS):
                    await stop.wait()
            except TimeoutError:
                continue


def started_again(postgres: EmbeddedPostgres, say: Callable[[str], None]) -> bool:
    """Whether the database could be started. Where it could not, for a full disk, say, everything else goes on without
    it, and keeps on disk what comes in, where it can."""
    try:
        postgres.start()
        return True
    except GoodDataError as failure:
        say(f"the database does not start, trying again: {failure}")
        return False


def _start_roles(
    supervisor: Supervisor, logins: Mapping[str, Mapping[str, str]], url: str, demo: bool, on_nats: bool, sockets: Path
) -> None:
    commands = {"api": ["serve", "--ingest"], "worker": ["work"], "trainer": ["train", "--watch"]}
    if on_nats:
        commands["archive"] = ["archive"]
    if demo:
        commands["api"].append("--demo")
        commands["shoppers"] = ["shoppers", "--url", url]
    for process, command in commands.items():
        own = {"METRICS_OF": str(sockets)} if process == "api" else {"METRICS_LISTEN": f"unix:{sockets / command[0]}"}
        told = {f"{PREFIX}{name}": value for name, value in own.items()}
        supervisor.start(Role(process, command, {**logins.get(process, {}), **told}))


async def _first_project(settings: Settings, analytics_dsn: str, demo: bool) -> tuple[Project, str]:
    """The project that `up` speaks of, made at the first start, and a fresh one-time sign-in token."""
    name = "demo" if demo else "default"
    connection = await asyncpg.connect(analytics_dsn)
    try:
        project = kept_project(settings.data, name)
        if project is None:
            project = await _make_project(connection, demo)
            keep_project(settings.data, name, project)
        return project, await make_link_token(connection)
    finally:
        await connection.close()


async def _make_project(connection: asyncpg.Connection, demo: bool) -> Project:
    name = "Demo shop" if demo else "Default"
    try:
        return await create_project(connection, name, simulated=demo)
    except InputError:
        # The databases outlived the folder: the project is there, its keys are lost, so it gets new ones.
        return await renew_keys(connection, name)


async def _answers(url: str, stop: asyncio.Event) -> bool:
    """Waits until `url` answers 200; False when asked to stop before. Raises ConfigurationError after a minute."""
    deadline = asyncio.get_running_loop().time() + READY_SECONDS
    # Whether the process that it has just started answers: the name in its certificate need not be this machine's.
    async with httpx.AsyncClient(verify=False) as client:
        while not stop.is_set():
            try:
                if (await client.get(url)).status_code == 200:
                    return True
            except httpx.TransportError:
                pass
            if asyncio.get_running_loop().time() > deadline:
                raise ConfigurationError(f"the product did not answer within {READY_SECONDS:.0f} seconds; see above")
            await asyncio.sleep(0.05)
    return False
