"""What a stretch of work cost: CPU by kind of process, bytes of WAL and of storage, per event that was stored."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import asyncpg
import msgspec

from bench.contenders import Contender
from bench.product import cpu_seconds
from gooddata.errors import GoodDataError
from gooddata.sql import statement

_WRITTEN = statement("bench.questions", "written")


class Spent(msgspec.Struct, frozen=True):
    """Per stored event, but for `events` and for the number of cores that were busy, on the average: `cores` for the
    contender while it was sent events, `cores_in_all` from reading to reading for everything on this machine."""

    events: int
    cpu_us: dict[str, float]
    wal_bytes: float
    stored_bytes: float
    cores: float
    cores_in_all: float
    seconds: float

    @property
    def cpu_us_in_all(self) -> float:
        return sum(self.cpu_us.values())


class Reading(msgspec.Struct, frozen=True):
    """Totals since the server was started."""

    stored: int
    otherwise: int
    wal: int
    size: int
    cpu: dict[str, float]
    machine: float
    moment: float


class Meter:
    """Reads what a contender has used; its own connection to PostgreSQL is left out of the account."""

    def __init__(self, contender: Contender, connection: Any) -> None:
        self._contender = contender
        self._connection = connection
        self._own = {connection.get_server_pid()}
        self._count = statement("bench.questions", contender.question)

    @classmethod
    @asynccontextmanager
    async def of(cls, contender: Contender) -> AsyncIterator[Self]:
        connection = await asyncpg.connect(contender.dsn)
        try:
            yield cls(contender, connection)
        finally:
            await connection.close()

    async def checkpoint(self) -> None:
        """Has PostgreSQL write out what is dirty."""
        await self._connection.execute("CHECKPOINT")

    async def before(self) -> Reading:
        """The CPU is read last: counting rows is not part of what follows."""
        stored, otherwise = await self._connection.fetchrow(self._count)
        wal, size = await self._connection.fetchrow(_WRITTEN)
        return Reading(stored, otherwise, wal, size, self._cpu(), machine_cpu(), time.monotonic())

    async def after(self) -> Reading:
        """A checkpoint first, as what was stored has to be written out too; the CPU is read before rows are counted."""
        await self.checkpoint()
        cpu, machine, moment = self._cpu(), machine_cpu(), time.monotonic()
        wal, size = await self._connection.fetchrow(_WRITTEN)
        stored, otherwise = await self._connection.fetchrow(self._count)
        return Reading(stored, otherwise, wal, size, cpu, machine, moment)

    async def require_stored(self, before: Reading, acknowledged: int) -> None:
        """Raises GoodDataError unless exactly the acknowledged events were stored since, and none was refused."""
        stored, otherwise = await self._connection.fetchrow(self._count)
        if stored - before.stored != acknowledged or otherwise != before.otherwise:
            raise GoodDataError(
                f"{acknowledged:,} events were acknowledged, {stored - before.stored:,} stored, and "
                f"{otherwise - before.otherwise:,} counted as duplicate, rejected or dropped"
            )

    def _cpu(self) -> dict[str, float]:
        return cpu_seconds(*self._contender.roots, without=self._own)


def spent(before: Reading, after: Reading, seconds: float) -> Spent:
    """What the events stored between two readings, `seconds` of sending apart, cost each."""
    events = after.stored - before.stored
    cpu = {kind: after.cpu[kind] - before.cpu.get(kind, 0.0) for kind in sorted(after.cpu)}
    return Spent(
        events=events,
        cpu_us={kind: used / events * 1e6 for kind, used in cpu.items()},
        wal_bytes=(after.wal - before.wal) / events,
        stored_bytes=(after.size - before.size) / events,
        cores=sum(cpu.values()) / seconds,
        cores_in_all=(after.machine - before.machine) / (after.moment - before.moment),
        seconds=after.moment - before.moment,
    )


def machine_cpu() -> float:
    """Seconds that the cores of this machine were busy, with whatever; the kernel's own work included."""
    user, nice, system, _idle, _waiting, irq, softirq = Path("/proc/stat").read_text().split(maxsplit=8)[1:8]
    return sum(map(int, (user, nice, system, irq, softirq))) / os.sysconf("SC_CLK_TCK")
