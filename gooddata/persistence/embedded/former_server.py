"""Ends what an earlier run left behind in a cluster, and nothing else.

After a `kill -9` of the postmaster its backends live on for a moment, or, busy with a long query, for minutes, and
PostgreSQL does not start next to them. Processes are known by the cluster's name in their title, not by the number in
postmaster.pid, which may belong to somebody else by now.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from gooddata.errors import GoodDataError

PID_FILE = "postmaster.pid"


def cluster_name(cluster: Path) -> str:
    """A name that no other folder of this machine has, and that a copy of the folder does not inherit."""
    found = cluster.stat()
    return f"gooddata-{found.st_dev:x}-{found.st_ino:x}"


def end_former_server(cluster: Path, patience: float) -> list[int]:
    """Stop every PostgreSQL process of `cluster`, and return the numbers of those found.

    A postmaster is asked for a fast shutdown, and told to quit at once after `patience` seconds; backends without a
    postmaster are told so right away. Call it with the folder's lock held.
    """
    found = processes_of(cluster)
    running = found
    if postmaster_pid(cluster) in found:
        _signal([pid for pid in found if pid == postmaster_pid(cluster)], signal.SIGINT)
        running = _wait(cluster, patience)
    for last_resort in (signal.SIGQUIT, signal.SIGKILL):
        if running:
            _signal(running, last_resort)
            running = _wait(cluster, 5)
    if running:
        raise GoodDataError(
            f"An earlier PostgreSQL of {cluster} cannot be stopped (pid {', '.join(map(str, running))}): it probably "
            "waits for a disk that does not answer."
        )
    _forget_reused_pid(cluster)
    return found


def processes_of(cluster: Path) -> list[int]:
    """The numbers of the running PostgreSQL processes of `cluster`: its postmaster, and the children."""
    name, owner = cluster_name(cluster), cluster.stat().st_uid
    listing = _linux_processes() if Path("/proc/self/cmdline").exists() else _processes_from_ps()
    return [pid for pid, uid, title in listing if uid == owner and _is_of(name, title)]


def postmaster_pid(cluster: Path) -> int | None:
    """The number that the last postmaster of `cluster` noted, whether it lives or not."""
    with suppress(FileNotFoundError, ValueError, IndexError):
        return int((cluster / PID_FILE).read_text().splitlines()[0])
    return None


def _is_of(name: str, title: str) -> bool:
    # The postmaster: ".../postgres -D ... -c cluster_name=NAME"; its children: "postgres: NAME: checkpointer ".
    words = title.split()
    return title.startswith(f"postgres: {name}:") or (
        bool(words) and Path(words[0]).name == "postgres" and f"cluster_name={name}" in words
    )


def _linux_processes() -> Iterator[tuple[int, int, str]]:
    # Not /proc/<pid>/cwd or exe: in a container root may not read those of another user.
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                title = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                yield int(entry.name), entry.stat().st_uid, title


def _processes_from_ps() -> Iterator[tuple[int, int, str]]:
    listing = subprocess.run(["ps", "-axww", "-o", "pid=,uid=,command="], capture_output=True, text=True, check=True)
    for line in listing.stdout.splitlines():
        pid, uid, title = line.split(maxsplit=2)
        yield int(pid), int(uid), title


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _wait(cluster: Path, seconds: float) -> list[int]:
    deadline = time.monotonic() + seconds
    while (running := processes_of(cluster)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return running


def _forget_reused_pid(cluster: Path) -> None:
    """PostgreSQL takes any living process of its user with the noted number for its own postmaster, and refuses."""
    pid = postmaster_pid(cluster)
    if pid is None:
        return
    with suppress(ProcessLookupError):
        with suppress(PermissionError):
            os.kill(pid, 0)
        (cluster / PID_FILE).unlink(missing_ok=True)
