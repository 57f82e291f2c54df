"""The product on a cluster, every part of it a real process: three NATS servers, PostgreSQL, two ingestion nodes, three
workers and the archive, which are started again when they end, as a machine's supervisor does."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from gooddata.eventlog.jetstream.address import address_of
from gooddata.eventlog.jetstream.log import JetStreamLog
from gooddata.persistence.embedded import EmbeddedPostgres
from gooddata.persistence.embedded.child import die_with_parent
from gooddata.supervisor import Role
from tests.faults.networks import kept_ports
from tests.faults.site import Site, answers
from tests.integration.nats_servers import NatsServers

SERVERS, NODES, WORKERS = 3, 2, 3
PARTITIONS = 6


class Cluster(Site):
    def __init__(self, folder: Path, network) -> None:
        super().__init__(folder, EmbeddedPostgres(folder / "postgres"))
        self.network = network
        self.servers = NatsServers(folder / "nats", count=SERVERS, network=network)

    async def __aenter__(self) -> "Cluster":
        try:
            await asyncio.gather(self.servers.start(), asyncio.to_thread(self.postgres.start))
            self._settings = self.settings(
                self.databases, GOODDATA_LOG=self.servers.url(), GOODDATA_PARTITIONS=str(PARTITIONS)
            )
            await self.command(self._settings, "migrate")
            self.start_roles(self._settings, self._roles())
            self.log = await JetStreamLog.open(address_of(self.servers.url()))
            await asyncio.gather(*map(answers, self.urls))
        except BaseException:
            await self.__aexit__()
            raise
        return self

    def _roles(self) -> list[Role]:
        roles = [self.role(f"worker {number}", "work") for number in range(WORKERS)]
        roles.append(self.role("archive", "archive"))
        for number, port in enumerate(kept_ports(NODES)):
            roles.append(self.role(f"ingestion {number}", "ingest", "--port", str(port)))
            self.urls.append(f"http://127.0.0.1:{port}")
        return roles

    async def another_worker(self) -> subprocess.Popen[bytes]:
        """One that nobody starts again."""
        return subprocess.Popen(
            [sys.executable, "-m", "gooddata", "work"],
            env=os.environ | self._settings | {"GOODDATA_DATA": str(self.folder / "another")},
            preexec_fn=die_with_parent(signal.SIGKILL),
        )

    async def __aexit__(self, *_) -> None:
        if hasattr(self, "log"):
            with suppress(Exception):
                await self.log.close()
        await self.end_roles()
        self.servers.end()
        await asyncio.to_thread(self.postgres.stop)

    @asynccontextmanager
    async def opened_log(self):
        yield self.log

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
