"""The product on a cluster, every part of it a real process: three NATS servers, PostgreSQL, two ingestion nodes, three
workers and the archive, which are started again when they end, as a machine's supervisor does."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import asyncpg
import httpx

from gooddata.eventlog.jetstream.address import address_of
from gooddata.eventlog.jetstream.log import JetStreamLog
from gooddata.persistence.embedded import EmbeddedPostgres
from gooddata.persistence.embedded.child import die_with_parent
from gooddata.persistence.projects import Project
from gooddata.supervisor import Role, Supervisor
from tests.conftest import Databases, new_project
from tests.faults.networks import kept_ports
from tests.integration.nats_servers import NatsServers
from tests.integration.workbench import SECRET

SERVERS, NODES, WORKERS = 3, 2, 3
PARTITIONS = 6
_CHECKOUT = Path(__file__).parents[2]


class Cluster:
    """`async with Cluster(folder, network)`: it is up, then. `restarts` counts what was started again."""

    def __init__(self, folder: Path, network) -> None:
        self.folder = folder
        self.network = network
        self.servers = NatsServers(folder / "nats", count=SERVERS, network=network)
        self.postgres = EmbeddedPostgres(folder / "postgres")
        self.restarts = 0
        self.urls: list[str] = []
        self._said = (folder / "said.log").open("ab")

    async def __aenter__(self) -> "Cluster":
        try:
            await asyncio.gather(self.servers.start(), asyncio.to_thread(self.postgres.start))
            self.databases = Databases(self.postgres.dsn("gooddata_raw"), self.postgres.dsn("gooddata_analytics"))
            self._settings = {
                "GOODDATA_RAW_DSN": self.databases.raw_dsn,
                "GOODDATA_ANALYTICS_DSN": self.databases.analytics_dsn,
                "GOODDATA_LOG": self.servers.url(),
                "GOODDATA_SECRET": SECRET,
                "GOODDATA_PARTITIONS": str(PARTITIONS),
                "PYTHONPATH": str(_CHECKOUT),
            }
            await self._command("migrate")
            self._supervisor = Supervisor(self._settings, self._hear)
            for role in self._roles():
                self._supervisor.start(role)
            self.log = await JetStreamLog.open(address_of(self.servers.url()))
            await asyncio.gather(*map(answers, self.urls))
        except BaseException:
            await self.__aexit__()
            raise
        return self

    def _roles(self) -> list[Role]:
        roles = [self._role(f"worker {number}", "work") for number in range(WORKERS)]
        roles.append(self._role("archive", "archive"))
        for number, port in enumerate(kept_ports(NODES)):
            roles.append(self._role(f"ingestion {number}", "ingest", "--port", str(port)))
            self.urls.append(f"http://127.0.0.1:{port}")
        return roles

    def _role(self, name: str, *arguments: str) -> Role:
        """Each has a data folder of its own, as on a machine of its own."""
        return Role(name, list(arguments), {"GOODDATA_DATA": str(self.folder / name.replace(" ", "-"))})

    def _hear(self, sentence: str) -> None:
        self.restarts += 1
        self._said.write(f"{sentence}\n".encode())
        self._said.flush()

    async def another_worker(self) -> subprocess.Popen[bytes]:
        """One that nobody starts again."""
        return subprocess.Popen(
            [sys.executable, "-m", "gooddata", "work"],
            env=os.environ | self._settings | {"GOODDATA_DATA": str(self.folder / "another")},
            preexec_fn=die_with_parent(signal.SIGKILL),
        )

    async def _command(self, *arguments: str) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gooddata", *arguments, env=os.environ | self._settings,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        _, said = await process.communicate()
        assert process.returncode == 0, said.decode()

    async def __aexit__(self, *_) -> None:
        if hasattr(self, "log"):
            with suppress(Exception):
                await self.log.close()
        if hasattr(self, "_supervisor"):
            for pid in self._supervisor.pids().values():
                os.kill(pid, signal.SIGCONT)
            await self._supervisor.stop()
        self.servers.end()
        await asyncio.to_thread(self.postgres.stop)
        self._said.close()

    async def project(self) -> Project:
        return await new_project(self.databases)

    def pid(self, role: str) -> int | None:
        """Of the process that has a role now; None while it is not started again yet."""
        return self._supervisor.pids().get(role)

    async def running(self, role: str) -> int:
        while (pid := self.pid(role)) is None:
            await asyncio.sleep(0.05)
        return pid

    async def kill(self, role: str) -> None:
        """kill -9; it is started again by itself."""
        os.kill(await self.running(role), signal.SIGKILL)

    async def kill_postgres(self, seconds: float) -> None:
        """kill -9, and started again after so long."""
        os.kill(self.postgres.pid, signal.SIGKILL)
        while self.postgres.poll() is None:
            await asyncio.sleep(0.01)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self.postgres.start)

    async def leader(self) -> int:
        """The number of the server that leads the stream."""
        while True:
            with suppress(Exception):
                info = await self.log.stream._info_if_there()
                return int(info["cluster"]["leader"][1:])
            await asyncio.sleep(0.1)

    def spooled(self) -> list[Path]:
        """What waits on the disks of ingestion nodes."""
        return [each for each in self.folder.glob("ingestion-*/spool/**/*.segment") if each.stat().st_size]

    async def connect(self, database: str) -> asyncpg.Connection:
        return await asyncpg.connect(self.postgres.dsn(f"gooddata_{database}"))


async def answers(url: str) -> None:
    async with httpx.AsyncClient() as client, asyncio.timeout(60):
        while True:
            with suppress(httpx.TransportError):
                if (await client.get(f"{url}/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.1)
