"""Processes of an installation that end and are started again: what a cluster and a single machine have in common."""

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from gooddata.persistence.embedded import EmbeddedPostgres
from gooddata.persistence.projects import Project
from gooddata.supervisor import Role, Supervisor
from tests.conftest import Databases, new_project
from tests.integration.workbench import SECRET

CHECKOUT = Path(__file__).parents[2]


class Site:
    """`async with`: it is up, then. `restarts` counts what was started again, `said.log` in its folder has what all
    processes said; senders send to `urls`."""

    def __init__(self, folder: Path, postgres: EmbeddedPostgres) -> None:
        self.folder = folder
        self.postgres = postgres
        self.restarts = 0
        self.urls: list[str] = []
        self.shop: Any = None  # of the round that is played, as is the load
        self.load: Any = None
        self.said = folder / "said.log"
        self._said = self.said.open("ab")
        self._supervisor: Supervisor | None = None

    @property
    def databases(self) -> Databases:
        return Databases(self.postgres.dsn("gooddata_raw"), self.postgres.dsn("gooddata_analytics"))

    def settings(self, databases: Databases, **more: str) -> dict[str, str]:
        """By which every process reaches the databases."""
        return {
            "GOODDATA_RAW_DSN": databases.raw_dsn,
            "GOODDATA_ANALYTICS_DSN": databases.analytics_dsn,
            "GOODDATA_SECRET": SECRET,
            "PYTHONPATH": str(CHECKOUT),
        } | more

    def start_roles(self, settings: dict[str, str], roles: list[Role]) -> None:
        self._supervisor = Supervisor(settings, self._hear, self._said)
        for role in roles:
            self._supervisor.start(role)

    def role(self, name: str, *arguments: str, **settings: str) -> Role:
        """Each has a data folder of its own, as on a machine of its own."""
        return Role(name, list(arguments), {"GOODDATA_DATA": str(self.data(name))} | settings)

    def data(self, role: str) -> Path:
        return self.folder / role.replace(" ", "-")

    def _hear(self, sentence: str) -> None:
        self.restarts += 1
        self._said.write(f"{sentence}\n".encode())
        self._said.flush()

    async def command(self, settings: dict[str, str], *arguments: str) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gooddata", *arguments, env=os.environ | settings,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, said = await process.communicate()
        assert process.returncode == 0, said.decode()

    async def end_roles(self) -> None:
        if self._supervisor is not None:
            for pid in self._supervisor.pids().values():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
            await self._supervisor.stop()
        self._said.close()

    async def project(self) -> Project:
        return await new_project(self.databases)

    def pid(self, role: str) -> int | None:
        """Of the process that has a role now; None while it is not started again yet."""
        assert self._supervisor is not None
        return self._supervisor.pids().get(role)

    async def running(self, role: str) -> int:
        while (pid := self.pid(role)) is None:
            await asyncio.sleep(0.05)
        return pid

    async def kill(self, role: str) -> None:
        """kill -9; it is started again by itself."""
        pid = await self.running(role)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def spooled(self) -> list[Path]:
        """What waits on the disks of ingestion nodes."""
        return [each for each in self.folder.glob("*/spool/**/*.segment") if each.stat().st_size]

    async def connect(self, database: str) -> asyncpg.Connection:
        return await asyncpg.connect(self.postgres.dsn(f"gooddata_{database}"))

    async def needs_a_hand(self, shop: Project, found: dict[str, Any]) -> list[str]:
        """Sentences on processes that do not do their work, although all has come to rest."""
        return []

    @asynccontextmanager
    async def opened_log(self):
        """The event log, to ask it how far it is."""
        raise NotImplementedError
        yield


async def answers(url: str) -> None:
    async with httpx.AsyncClient() as client, asyncio.timeout(90):
        while True:
            with suppress(httpx.TransportError):
                if (await client.get(f"{url}/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.1)
