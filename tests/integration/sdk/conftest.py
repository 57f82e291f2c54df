"""What the SDKs are pointed at, and what arrived."""

import asyncio
import json
import os
import shutil
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.conftest import Databases, Project, Server
from tests.integration.sdk.front import Front

Stored = Callable[..., Awaitable[list[dict[str, Any]]]]


@pytest.fixture
async def stored(shared: Databases, shop: Project) -> AsyncIterator[Stored]:
    """Waits until at least `events` raw events of the project are there, and gives all of them, in order of time."""
    connection = await asyncpg.connect(shared.raw_dsn)

    async def look(events: int, within: float = 15) -> list[dict[str, Any]]:
        async with asyncio.timeout(within):
            while True:
                rows = await connection.fetch(
                    "SELECT * FROM raw.events WHERE project_id = $1 ORDER BY timestamp, type, name", shop.project
                )
                if len(rows) >= events:
                    return [_read(dict(row)) for row in rows]
                await asyncio.sleep(0.05)

    yield look
    await connection.close()


def _read(row: dict[str, Any]) -> dict[str, Any]:
    return row | {field: json.loads(row[field]) for field in ("properties", "context")}


@pytest.fixture
async def bodies(shared: Databases, shop: Project) -> AsyncIterator[Callable[[], Awaitable[list[dict[str, Any]]]]]:
    """The project's events as they are stored, field by field."""
    connection = await asyncpg.connect(shared.raw_dsn)

    async def look() -> list[dict[str, Any]]:
        found = await connection.fetch("SELECT body FROM raw.batch ORDER BY partition, seq")
        groups = [group for row in found for group in json.loads(row["body"]) if group["project"] == shop.project]
        return [event for group in groups for event in group["events"]]

    yield look
    await connection.close()


@pytest.fixture
async def rejections(shared: Databases, shop: Project) -> AsyncIterator[Callable[[], Awaitable[list[dict[str, Any]]]]]:
    """What of the project was refused, and why."""
    connection = await asyncpg.connect(shared.raw_dsn)

    async def look() -> list[dict[str, Any]]:
        query = "SELECT * FROM raw.rejection WHERE project_id = $1 ORDER BY id"
        return [dict(row) for row in await connection.fetch(query, shop.project)]

    yield look
    await connection.close()


@pytest.fixture
def front(server: Server) -> Iterator[Front]:
    """Stands between an SDK and the server, and fails as told."""
    made = Front(server.port)
    yield made
    made.close()


def snippet(section: str, heading: str, language: str, url: str, key: str) -> str:
    """A snippet of docs/sdks.md, with the server and key of the test."""
    text = (Path(__file__).parents[3] / "docs" / "sdks.md").read_text()
    part = text.split(f"\n## {section}\n")[1].split("\n## ")[0].split(f"\n### {heading}\n")[1].split("\n### ")[0]
    code = part.split(f"```{language}\n")[1].split("```")[0]
    assert "http://127.0.0.1:8000" in code and "gw_…" in code
    return code.replace("http://127.0.0.1:8000", url).replace("gw_…", key)


@pytest.fixture(scope="session")
def node_folder() -> Path:
    """Where Node finds the SDKs."""
    folder = Path(__file__).parent / "node"
    if not (folder / "node_modules").is_dir() or shutil.which("node") is None:
        assert not os.environ.get("CI"), "the SDK tests need Node and: make .make/sdks"
        pytest.skip("the SDKs for Node are not installed; run: make .make/sdks")
    return folder


@pytest.fixture
def node(node_folder: Path) -> Callable[..., Awaitable[str]]:
    """Runs a script and gives what it printed; what it complains about fails the test."""

    async def run(script: Path | str, *arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            "node", str(script), *arguments, cwd=node_folder, stdout=PIPE, stderr=PIPE
        )
        printed, complaints = await asyncio.wait_for(process.communicate(), 60)
        assert (process.returncode, complaints.decode()) == (0, "")
        return printed.decode()

    return run


@pytest.fixture
def node_snippet(node_folder: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Puts code where the SDKs can be imported."""

    def put(code: str) -> Path:
        (tmp_path / "node_modules").symlink_to(node_folder / "node_modules")
        (tmp_path / "snippet.mjs").write_text(code)
        return tmp_path / "snippet.mjs"

    return put
