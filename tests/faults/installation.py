"""The default installation, every part of it a real process: PostgreSQL with the event log in it, serving and ingestion
on one port as in `gooddata up`, an ingestion node beside it, two workers and the trainer. A supervisor starts again
what ends, the server as well, as `gooddata up` and a machine's supervisor do; nobody else lends a hand.

Between the processes and PostgreSQL is a proxy. Where the machine allows it, the spools and PostgreSQL's data are each
on a small disk of their own (tmpfs), and clocks can be put forward and back (libfaketime).
"""

import asyncio
import os
import signal
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import asyncpg

from gooddata.errors import GoodDataError
from gooddata.eventlog.postgres import UNAVAILABLE, PostgresLog
from gooddata.intelligence import worker
from gooddata.persistence.embedded import EmbeddedPostgres
from gooddata.persistence.migrate import migrate
from tests.conftest import Databases
from tests.faults.clocks import Clock, sweep_clocks
from tests.faults.disks import SmallDisk
from tests.faults.networks import kept_ports
from tests.faults.site import Site, answers
from tests.faults.truth import answered
from tests.integration.lossy_proxy import LossyProxy

WORKERS, PARTITIONS = 2, 4
NODES = ("serving", "ingestion")  # that take events in
ROLES = (*NODES, *(f"worker {number}" for number in range(WORKERS)), "trainer")
LOOK_SECONDS = 0.25  # after what ended, as in `gooddata up`
CONNECTIONS = 50  # of PostgreSQL's: about twice what all processes take
DATABASE_MEGABYTES, SPOOL_MEGABYTES = 1_024, 64


class ClockedPostgres(EmbeddedPostgres):
    """Its clock can be put forward and back, and it has few connections."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        super().__init__(folder)
        self._clock = clock

    def _command(self, account, binaries, port):
        fewer = ["-c", f"max_connections={CONNECTIONS}"]
        return [*self._clock.prefix, *super()._command(account, binaries, port), *fewer]


class Installation(Site):
    def __init__(self, folder: Path) -> None:
        self.clocks = {name: Clock(folder / f"clock of {name}") for name in ("machine", "postgres", *NODES)}
        folder.chmod(0o755)
        super().__init__(folder, ClockedPostgres(folder / "database" / "postgres", self.clocks["postgres"]))
        self.disks = {
            "database": SmallDisk(folder / "database", DATABASE_MEGABYTES),
            **{node: SmallDisk(self.data(node), SPOOL_MEGABYTES) for node in NODES},
        }
        self.proxy = LossyProxy(0)
        self.server_restarts = 0
        self._away = 0
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Installation":
        try:
            for disk in self.disks.values():
                self._stack.enter_context(disk.mounted())
            await asyncio.to_thread(self.postgres.start)
            self.proxy.port = self.postgres.port
            port = await self._stack.enter_async_context(self.proxy.running())
            await migrate(self.databases.raw_dsn, self.databases.analytics_dsn, partitions=PARTITIONS)
            behind = f"127.0.0.1:{port}/"
            through = Databases(
                *(
                    dsn.replace(f"127.0.0.1:{self.postgres.port}/", behind)
                    for dsn in (self.databases.raw_dsn, self.databases.analytics_dsn)
                )
            )
            self._watching = asyncio.create_task(self._keep_postgres())
            self.start_roles(self.settings(through), [*self._roles()])
            await asyncio.gather(*map(answers, self.urls))
        except BaseException:
            await self.__aexit__()
            raise
        return self

    def _roles(self):
        ports = dict(zip(NODES, kept_ports(len(NODES)), strict=True))
        self.urls = [f"http://127.0.0.1:{port}" for port in ports.values()]
        commands = {
            "serving": ["serve", "--ingest", "--port", str(ports["serving"])],
            "ingestion": ["ingest", "--port", str(ports["ingestion"])],
            "trainer": ["train", "--watch"],
        }
        for role in ROLES:
            yield self.role(role, *commands.get(role, ["work"]), **self.clocks[self.clock_of(role)].environment)

    def clock_of(self, role: str) -> str:
        return role if role in self.clocks else "machine"

    async def __aexit__(self, *_) -> None:
        await self.end_roles()
        if hasattr(self, "_watching"):
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        for pid in self.server_pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        await asyncio.to_thread(self.postgres.stop)
        await self._stack.aclose()
        sweep_clocks()

    async def _keep_postgres(self) -> None:
        """As `gooddata up` does; where the server does not start, it is tried again, as a machine's supervisor does."""
        while True:
            if self.postgres.poll() is not None:
                self.server_restarts += 1
                self._hear("the database ended; starting it again")
                try:
                    await asyncio.to_thread(self.postgres.start)
                    self.proxy.port = self.postgres.port
                except GoodDataError as failure:
                    self._hear(str(failure))
                    await asyncio.sleep(1.0)
            await asyncio.sleep(LOOK_SECONDS)

    async def needs_a_hand(self, shop, found) -> list[str]:
        """Each role has its process, workers share the partitions, serving answers."""
        for role in ROLES:
            await self.running(role)
        await asyncio.gather(*map(answers, self.urls))
        return await answered(self.urls[0], shop, found)

    @asynccontextmanager
    async def opened_log(self):
        log = await PostgresLog.open(self.databases.raw_dsn, worker.ROLE, size=1)
        try:
            yield log
        finally:
            await log.close()

    def server_pids(self) -> list[int]:
        """PostgreSQL's first process, and those that it has started."""
        try:
            first = self.postgres.pid
        except RuntimeError:
            return []
        children = Path(f"/proc/{first}/task/{first}/children")
        try:
            return [first, *map(int, children.read_text().split())]
        except (FileNotFoundError, ProcessLookupError):
            return []

    async def owner(self, database: str = "raw") -> asyncpg.Connection:
        """A connection that does not go through the proxy, once the server takes one."""
        while True:
            with suppress(*UNAVAILABLE):
                return await self.connect(database)
            await asyncio.sleep(0.05)

    @asynccontextmanager
    async def database_away(self):
        """Nobody reaches PostgreSQL; two harms at a time may want so."""
        self._away += 1
        self.proxy.cut()
        try:
            yield
        finally:
            self._away -= 1
            self.proxy.is_cut = self._away > 0

    async def gone(self, role: str, pid: int) -> int:
        """1 once a process that had a role is no more; 0 where it is there after a minute."""
        ends = time.monotonic() + 60
        while self.pid(role) == pid and time.monotonic() < ends:
            await asyncio.sleep(0.02)
        return int(self.pid(role) != pid)

    async def connect_elsewhere(self) -> asyncpg.Connection:
        """To the same server, and none of the product's databases."""
        return await asyncpg.connect(self.postgres.dsn("postgres"))

    def told(self) -> "Told":
        return Told([self.said, self.postgres.folder / "server.log"])


class Told:
    """What processes and PostgreSQL say from now on."""

    def __init__(self, files: list[Path]) -> None:
        self._from = {file: file.stat().st_size if file.exists() else 0 for file in files}

    def count(self, *signs: str) -> int:
        """How many lines have one of these in them."""
        return sum(any(sign in line for sign in signs) for line in self._lines())

    def count_together(self, signs: tuple[str, ...], others: tuple[str, ...]) -> int:
        """How many lines have one of the first in them and one of the others."""
        return sum(
            any(sign in line for sign in signs) and any(other in line for other in others) for line in self._lines()
        )

    def _lines(self):
        for file, start in self._from.items():
            content = file.read_bytes() if file.exists() else b""
            # A file that was bounded begins anew.
            yield from content[start if start <= len(content) else 0 :].decode(errors="replace").splitlines()
