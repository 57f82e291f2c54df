"""An analytics server that has TimescaleDB: real code, compiled to WebAssembly, behind a TCP port. See README.md."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gooddata.persistence.migrate import migrate
from tests.conftest import Databases

HERE = Path(__file__).parent
USER = "postgres:any@"


@pytest.fixture
def timescale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The DSN of an empty database on a server of its own, which has the extension and has not made it yet."""
    if not (HERE / "node_modules").exists() or shutil.which("node") is None:
        assert not os.environ.get("CI"), "these tests need TimescaleDB: make .make/timescale"
        pytest.skip("there is no TimescaleDB; run: make .make/timescale")
    files = tmp_path_factory.getbasetemp() / "timescale.tar"
    server = subprocess.Popen(
        ["node", HERE / "server" / "main.mjs", files], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    port = server.stdout.readline().strip()
    assert port, "the server ended"
    yield f"postgresql://{USER}127.0.0.1:{port}/analytics"
    server.kill()
    server.wait()


@pytest.fixture
async def apart(databases: Databases, timescale: str) -> AsyncIterator[Databases]:
    """Raw on PostgreSQL, analytics on TimescaleDB."""
    await migrate(databases.raw_dsn, timescale, partitions=4)
    yield Databases(databases.raw_dsn, timescale)
