"""Real servers for the tests.

One embedded PostgreSQL serves the whole run. On it stand two databases and one HTTP server that tests share, each with
projects of its own; a test that stops, kills or floods something asks for `databases` and `processes` of its own.
"""

import asyncio
import itertools
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from xdist.scheduler import LoadFileScheduling

from gooddata.persistence.embedded import EmbeddedPostgres
from gooddata.persistence.migrate import migrate
from gooddata.persistence.projects import Project, create_project

# As files, which is three times as fast as through the log of a server that does not wait for the disk.
_COPIED = "STRATEGY FILE_COPY TEMPLATE template"

# Of memory, for what a run leaves in temporary folders: 3 GB at most, and servers need some besides.
_MEMORY_BYTES = 6 << 30

_numbers = itertools.count(1)


def _keep_in_memory() -> None:
    """Has temporary folders in memory, where a file system there is large enough: a database of a test's own is made
    and removed there in a tenth of the time, most of which goes into hundreds of small files."""
    shared = Path("/dev/shm")
    if "PYTEST_DEBUG_TEMPROOT" in os.environ or not shared.is_dir():
        return
    can_run_programs = not os.statvfs(shared).f_flag & os.ST_NOEXEC
    if can_run_programs and shutil.disk_usage(shared).free >= _MEMORY_BYTES:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(shared)


_keep_in_memory()


class _FilesTogether(LoadFileScheduling):
    """Each file to one worker, and those that share the demo to the same."""

    def _split_scope(self, nodeid: str) -> str:
        demo = "tests/e2e/demo"
        return demo if nodeid.startswith(demo) else str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    return _FilesTogether(config, log)


class Databases(msgspec.Struct, frozen=True):
    """Two migrated databases; the DSNs are the owner's."""

    raw_dsn: str
    analytics_dsn: str


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    folder = tmp_path_factory.mktemp("server")
    server = EmbeddedPostgres(folder / "postgres")
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
async def template(postgres: EmbeddedPostgres) -> Databases:
    # Nobody kills this server, and its machine outlives the run: waiting for the disk would be for nothing.
    await as_admin(
        postgres,
        "ALTER SYSTEM SET fsync = off",
        "ALTER SYSTEM SET full_page_writes = off",
        "SELECT pg_reload_conf()",
    )
    made = Databases(postgres.dsn("template_raw"), postgres.dsn("template_analytics"))
    await migrate(made.raw_dsn, made.analytics_dsn, partitions=4)
    return made


@pytest.fixture
async def databases(postgres: EmbeddedPostgres, template: Databases) -> AsyncIterator[Databases]:
    """A raw and an analytics database that no other test has touched."""
    async with fresh_databases(postgres) as made:
        yield made


@asynccontextmanager
async def fresh_databases(postgres: EmbeddedPostgres) -> AsyncIterator[Databases]:
    """The same, for as long as one likes; `template` is to be there."""
    number = next(_numbers)
    kinds = ("raw", "analytics")
    await as_admin(postgres, *(f"CREATE DATABASE test_{kind}_{number} {_COPIED}_{kind}" for kind in kinds))
    yield Databases(postgres.dsn(f"test_raw_{number}"), postgres.dsn(f"test_analytics_{number}"))
    await as_admin(postgres, *(f"DROP DATABASE test_{kind}_{number} WITH (FORCE)" for kind in kinds))


async def as_admin(postgres: EmbeddedPostgres, *statements: str) -> None:
    admin = await asyncpg.connect(postgres.dsn("postgres"))
    for statement in statements:
        await admin.execute(statement)
    await admin.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets; tests that need it skip where it is missing."""
    folder = Path(os.environ.get("GOODDATA_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the data sets are not in {folder}; set GOODDATA_TEST_DATA to their folder")
    return folder


class Processes:
    """gooddata processes of one test, all on the same two databases and data folder; ended with the test."""

    def __init__(self, databases: Databases, data: Path) -> None:
        self.environment = {
            **os.environ,
            "GOODDATA_RAW_DSN": databases.raw_dsn,
            "GOODDATA_ANALYTICS_DSN": databases.analytics_dsn,
            "GOODDATA_DATA": str(data),
        }
        self.data = data
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-m", "gooddata", *arguments], env=self.environment)
        self._started.append(process)
        return process

    async def serve(self, *, port: int | None = None, role: Sequence[str] = ("serve", "--ingest")) -> "Server":
        """A server that answers, on a free port unless one is given."""
        port = port or free_port()
        process = self.start(*role, "--port", str(port))
        async with httpx.AsyncClient() as client:
            for _ in range(400):
                assert process.poll() is None, "the server ended"
                with suppress(httpx.TransportError):
                    if (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200:
                        break
                await asyncio.sleep(0.05)
            else:
                raise AssertionError("the server does not answer")
        return Server(process, f"http://127.0.0.1:{port}", port)

    @property
    def started(self) -> list[subprocess.Popen[bytes]]:
        return self._started

    def end(self) -> None:
        for process in self._started:
            process.terminate()
        for process in self._started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Server(msgspec.Struct):
    process: Any
    url: str
    port: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def processes(databases: Databases, tmp_path: Path) -> Iterator[Processes]:
    started = Processes(databases, tmp_path / "data")
    yield started
    started.end()


async def new_project(databases: Databases) -> Project:
    """A project of its own, with its keys."""
    connection = await asyncpg.connect(databases.analytics_dsn)
    try:
        return await create_project(connection, f"Shop {next(_numbers)}")
    finally:
        await connection.close()


@pytest.fixture(scope="session")
async def shared(postgres: EmbeddedPostgres, template: Databases) -> Databases:
    """Databases that tests share; each makes a project there."""
    kinds = ("raw", "analytics")
    await as_admin(postgres, *(f"CREATE DATABASE shared_{kind} {_COPIED}_{kind}" for kind in kinds))
    return Databases(postgres.dsn("shared_raw"), postgres.dsn("shared_analytics"))


@pytest.fixture(scope="session")
async def server(shared: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A server, ingesting and serving, and a worker behind it, that tests share."""
    started = Processes(shared, tmp_path_factory.mktemp("data"))
    started.start("work")
    yield await started.serve()
    started.end()


@pytest.fixture
async def shop(shared: Databases) -> Project:
    """A project of this test on the shared server."""
    return await new_project(shared)
