"""Looks at a running product every few seconds: memory, disk, lag, and what waits, without weighing on it."""

import asyncio
import math
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec

from bench.interval import machine_cpu
from bench.product import cpu_seconds, kinds

EVERY_SECONDS = 5.0
TOLD = re.compile(rb"^(gooddata_\w+)(?:\{(.*)\})? ([-+.\deE]+|NaN|[-+]Inf)$", re.M)
_MB = 1_048_576


class Sample(msgspec.Struct):
    """`memory_mb` is what each kind of process has of its own, shared memory of PostgreSQL left out; the rest as the
    product tells it, which does not always know its lag."""

    at: float
    memory_mb: dict[str, float]
    disk_mb: float
    lag_seconds: float
    waiting_events: float
    applied_events: float
    connections: float
    spooled_bytes: float
    machine_load: float


class Spent(msgspec.Struct):
    """Seconds by kind of process: of CPU, and waited for a core; and of CPU of everything on this machine."""

    cpu: dict[str, float]
    waits: dict[str, float]
    machine: float


class Watch:
    """Sample with `run()`, as a task."""

    def __init__(self, running: dict[str, Any]) -> None:
        self._running = running
        self.samples: list[Sample] = []
        self._token = (running["data"] / "metrics-token").read_text().strip()

    async def run(self) -> None:
        """Every few seconds, until cancelled."""
        while True:
            started = time.monotonic()
            self.samples.append(await self.look())
            await asyncio.sleep(max(0.0, started + EVERY_SECONDS - time.monotonic()))

    async def look(self) -> Sample:
        headers = {"Authorization": f"Bearer {self._token}"}
        async with httpx.AsyncClient(timeout=60) as client:
            answer = await client.get(f"{self._running['url']}/metrics", headers=headers)
        told: dict[str, float] = {}
        for name, _, value in TOLD.findall(answer.content):
            key = name.decode()
            told[key] = max(told.get(key, 0.0), float(value))
        return Sample(
            time.time(),
            memory_of(self._running["process"].pid),
            round(await asyncio.to_thread(disk_of, self._running["data"]) / _MB, 1),
            told.get("gooddata_partition_lag_seconds", math.inf),
            told.get("gooddata_waiting_events", 0.0),
            told.get("gooddata_worker_events_total", 0.0),
            told.get("gooddata_http_connections", 0.0),
            told.get("gooddata_spool_bytes", 0.0),
            os.getloadavg()[0],
        )

    async def caught_up(self, patience: float) -> float:
        """Waits until the workers have applied everything; how many seconds it took. Raises TimeoutError."""
        started = time.monotonic()
        while time.monotonic() < started + patience:
            if not (await self.look()).lag_seconds:
                return time.monotonic() - started
            await asyncio.sleep(0.5)
        raise TimeoutError(f"the workers are behind after {patience:.0f} seconds")

    def cpu(self) -> "Spent":
        """What was spent so far."""
        root = self._running["process"].pid
        return Spent(cpu_seconds(root), waits_of(root), machine_cpu())


def memory_of(root: int) -> dict[str, float]:
    """Megabytes of each kind of process below `root` that no other process shares with it."""
    held: dict[str, float] = {}
    for pid, kind in kinds(root):
        name = "postgres" if kind.startswith("postgres") else kind
        held[name] = held.get(name, 0.0) + _anonymous(pid) / 1_024
    return {name: round(each, 1) for name, each in sorted(held.items())}


def _anonymous(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("RssAnon:")), 0)


def waits_of(root: int) -> dict[str, float]:
    """Seconds that the main thread of each kind of process below `root` was ready to run, and had no core."""
    waited: dict[str, float] = {}
    for pid, kind in kinds(root):
        try:
            nanoseconds = int(Path(f"/proc/{pid}/schedstat").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        waited[kind] = waited.get(kind, 0.0) + nanoseconds / 1e9
    return waited


def disk_of(folder: Path) -> int:
    """Bytes that a folder takes on disk."""
    return sum(_blocks(folder))


def _blocks(folder: Path) -> Iterator[int]:
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                yield (Path(path) / name).stat().st_blocks * 512
            except FileNotFoundError:
                continue
