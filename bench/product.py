"""A product of its own for a measurement: started on a free port and a new folder, ended and removed afterwards."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def product(*flags: str, descriptors: int | None = None) -> Iterator[dict[str, Any]]:
    """What `gooddata up --json` announces, with `process` and `data` added; it may open so many `descriptors`."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as folder:
        data = Path(folder) / "data"
        command = [sys.executable, "-m", "gooddata", "up", "--json", "--port", str(port), "--data", str(data), *flags]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=_limited_to(descriptors))
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline()) | {"process": process, "data": data}
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _limited_to(descriptors: int | None) -> Callable[[], None] | None:
    if descriptors is None:
        return None
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(*roots: int, without: Collection[int] = ()) -> dict[str, float]:
    """User and system time spent by each kind of process among `roots` and below them, except the processes `without`.

    Processes that PostgreSQL has ended are in "postgres backends", with the backends that still run, so that nothing is
    lost or counted twice between two readings.
    """
    ticks = os.sysconf("SC_CLK_TCK")
    stats = _stats()
    spent: dict[str, float] = {}
    for pid, kind in _below(roots, stats):
        if pid in without:
            continue
        own, ended = (sum(map(int, stats[pid][at : at + 2])) / ticks for at in (11, 13))
        spent[kind] = spent.get(kind, 0.0) + own
        if kind == _POSTMASTER:
            # What the postmaster has waited for: backends, and the workers of autovacuum.
            spent[_BACKENDS] = spent.get(_BACKENDS, 0.0) + ended
    return spent


def kinds(*roots: int) -> Iterator[tuple[int, str]]:
    """The processes `roots` and those below them, and of which kind each is."""
    return _below(roots, _stats())


def _stats() -> dict[int, list[str]]:
    """Of every process of this machine, the fields that follow its name in /proc/PID/stat."""
    stats: dict[int, list[str]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stats[int(entry.name)] = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
    return stats


def _below(roots: Collection[int], stats: dict[int, list[str]]) -> Iterator[tuple[int, str]]:
    children: dict[int, list[int]] = {}
    for pid, fields in stats.items():
        children.setdefault(int(fields[1]), []).append(pid)
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, [])
        yield pid, _kind(pid)


def wait_for_trainer(root: int) -> None:
    """Until nothing has been learnt for a few seconds: on two cores it takes what others do not."""
    spent = cpu_seconds(root).get("trainer", 0.0)
    for _ in range(60):
        time.sleep(4)
        before, spent = spent, cpu_seconds(root).get("trainer", 0.0)
        if spent - before < 0.2:
            return


_POSTMASTER, _BACKENDS = "postgres postmaster", "postgres backends"
_OF_POSTGRES = (
    "checkpointer",
    "walwriter",
    "background writer",
    "io worker",
    "autovacuum launcher",
    "logical replication launcher",
)
_ROLES = {
    "api": (" -m gooddata serve ", " -m gooddata ingest ", " -m bench.native.launch ingest ", " server.mjs "),
    "worker": (" -m gooddata work ", " -m bench.scoring_cost "),
    "trainer": (" -m gooddata train ",),
    "shoppers": (" -m gooddata shoppers ",),
    "recommender": (" -m gooddata recommend ",),
    "archive": (" -m gooddata archive ",),
    "broker": ("/nats-server ",),
}


def _kind(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode() + " "
    except (FileNotFoundError, ProcessLookupError):
        return "ended"
    if words.startswith("postgres: "):
        return next((f"postgres {name}" for name in _OF_POSTGRES if f" {name} " in words), _BACKENDS)
    if words.split(" ")[0].endswith("/postgres"):
        return _POSTMASTER
    return next((role for role, signs in _ROLES.items() if any(sign in words for sign in signs)), "supervisor")
