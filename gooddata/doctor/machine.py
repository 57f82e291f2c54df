"""This machine: its disk, the data folder, the spool, the port, what it lets a process have."""

import os
import resource
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from gooddata.config import Settings
from gooddata.doctor.finding import Finding, fail, ok, size, span, warn
from gooddata.ingestion.spool import DAMAGED
from gooddata.tls import own_url
from gooddata.up import running

MIB = 1_048_576
LEAST_FREE = 256 * MIB
LITTLE_FREE = 1_024 * MIB
FILES = 4_096
PATIENCE_SECONDS = 3.0


def machine(settings: Settings) -> Iterator[Finding]:
    yield from _folder(settings.data)
    yield _disk(settings)
    yield _spool(settings)
    yield _files()
    yield _port(settings)


def _folder(folder: Path) -> Iterator[Finding]:
    name = "data folder"
    if not folder.exists():
        yield warn(
            name, f"{folder.absolute()} is not there yet", "it is made at the first start; name another with --data"
        )
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK) or not _can_write(folder):
        yield fail(
            name, f"{folder.absolute()} cannot be written by this account ({os.getuid()})",
            f"chown it to the account that GoodData runs as (now {folder.stat().st_uid}), or make room on its disk",
        )  # fmt: skip
        return
    yield ok(name, f"{folder.absolute()} can be written")


def _can_write(folder: Path) -> bool:
    """By doing so: root may write anywhere, by its rights, and yet not on a disk that is read-only or full."""
    probe = folder / f".doctor-{os.getpid()}"
    try:
        probe.write_bytes(b"x" * 4_096)
        return True
    except OSError:
        return False
    finally:
        probe.unlink(missing_ok=True)


def _disk(settings: Settings) -> Finding:
    name = "disk"
    folder = next(each for each in (settings.data.absolute(), *settings.data.absolute().parents) if each.exists())
    usage = shutil.disk_usage(folder)
    inodes = os.statvfs(folder)
    told = f"{size(usage.free)} of {size(usage.total)} are free where {folder} is"
    room = "make room there, or shorten what is kept: gooddata retention show"
    if usage.free < LEAST_FREE:
        return fail(name, told, room)
    if inodes.f_files and inodes.f_favail < inodes.f_files * 0.02:
        return fail(name, f"{told}, but only {inodes.f_favail:,} files can be made", room)
    spool = settings.spool_mb * MIB
    if usage.free < LITTLE_FREE:
        return warn(name, told, room)
    if usage.free < spool:
        return warn(name, f"{told}, and the spool may take {size(spool)}", f"{room}; or set GOODDATA_SPOOL_MB lower")
    return ok(name, told)


def _spool(settings: Settings) -> Finding:
    name = "spool"
    segments = [*(settings.data / "spool").glob("*/*.segment")]
    there = [each.stat() for each in segments if each.exists()]
    waiting, limit = sum(each.st_size for each in there), settings.spool_mb * MIB
    if damaged := [*(settings.data / "spool").glob(f"*/*{DAMAGED}")]:
        files = (
            "1 file with what was acknowledged was"
            if len(damaged) == 1
            else f"{len(damaged)} files with what was acknowledged were"
        )
        told = f"{files} damaged, such as {damaged[0]}; the server's log says what is lost"
        return fail(name, told, "look after the disk; what is whole in them is in the log: delete them once looked at")
    if not waiting:
        return ok(name, f"nothing waits on this disk; it may take {size(limit)}")
    age = time.time() - min(each.st_mtime for each in there)
    told = f"{size(waiting)} of at most {size(limit)} wait on this disk for the event log, the oldest for {span(age)}"
    action = "see that the event log answers (below): what waits goes there by itself; keep this disk until then"
    if waiting > limit * 0.9 or age > settings.dedup_window.total_seconds() / 2:
        return fail(name, f"{told}: soon, or already, nothing more is taken in", action)
    return warn(name, told, action)


def _files() -> Finding:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < FILES:
        told = f"a process may have {most:,} files and connections open"
        return warn("open files", told, "raise it: ulimit -Hn 65536, or LimitNOFILE=65536 in its unit")
    told = "any number of" if most == resource.RLIM_INFINITY else f"{most:,}"
    return ok("open files", f"a process may have {told} files and connections open")


def _port(settings: Settings) -> Finding:
    name = "port"
    ran = running(settings.data)
    url = ran.url if ran else own_url(settings)
    where = urlsplit(url)
    try:
        socket.create_connection((where.hostname, where.port), PATIENCE_SECONDS).close()
    except OSError:
        if ran:
            action = "where gooddata up should run: start it, and read what it says"
            return warn(name, f"nobody listens at {url}, where GoodData ran last", action)
        return ok(name, f"{url} is free")
    try:
        # Whether it answers: the name in its certificate need not be this machine's.
        healthy = httpx.get(f"{url}/healthz", timeout=PATIENCE_SECONDS, verify=False)
        if healthy.status_code != 200 or "x-request-id" not in healthy.headers:
            raise httpx.RemoteProtocolError("something else")
        ready = httpx.get(f"{url}/readyz", timeout=PATIENCE_SECONDS, verify=False)
    except httpx.TimeoutException:
        return fail(
            name, f"{url} does not answer in {PATIENCE_SECONDS:.0f} seconds", "see what that process does; restart it"
        )
    except httpx.HTTPError:
        return fail(name, f"something else than GoodData listens at {url}", "stop it, or choose another with --port")
    if ready.status_code != 200:
        return fail(name, f"GoodData answers at {url}, and is not ready", "see the databases, below, and its log")
    return ok(name, f"GoodData answers at {url}, and is ready")
