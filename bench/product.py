"""A product of its own for a measurement: started on a free port and a new folder, ended and removed afterwards."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def product(*flags: str) -> Iterator[dict[str, Any]]:
    """What `gooddata up --json` announces, with `process` and `data` added."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as folder:
        data = Path(folder) / "data"
        command = [sys.executable, "-m", "gooddata", "up", "--json", "--port", str(port), "--data", str(data), *flags]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline()) | {"process": process, "data": data}
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def cpu_seconds(root: int) -> dict[str, float]:
    """User and system time spent by each kind of process below process `root`, children that ended included."""
    ticks = os.sysconf("SC_CLK_TCK")
    children: dict[int, list[int]] = {}
    stats: dict[int, list[str]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stats[int(entry.name)] = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
    for pid, fields in stats.items():
        children.setdefault(int(fields[1]), []).append(pid)
    spent: dict[str, float] = {}
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, [])
        kind = _kind(pid)
        # utime and stime; of PostgreSQL's postmaster also the backends that it has waited for
        fields = stats[pid][11:15] if kind == "postgres" and pid in children else stats[pid][11:13]
        spent[kind] = spent.get(kind, 0.0) + sum(map(int, fields)) / ticks
    return spent


def _kind(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return "ended"
    if "postgres" in words.split(" ")[0]:
        return "postgres"
    for role, word in {"api": " serve ", "worker": " work ", "trainer": " train ", "shoppers": " shoppers "}.items():
        if f"gooddata{word}" in f"{words} ":
            return role
    return "supervisor"
