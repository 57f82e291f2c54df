"""Processes that get no more memory than they have. What counts: what they say about it, and that they ended."""

import asyncio
import os
import resource
import subprocess
from pathlib import Path

from tests.faults.installation import WORKERS

SIGNS = ("MemoryError", "Cannot allocate memory", "out of memory")


def short_of_memory(role):
    async def limit(site, chance):
        told = site.told()
        name = f"worker {chance.randrange(WORKERS)}" if role == "worker" else role
        pid = await site.running(name)
        load = site.load
        load.is_heavy = True
        try:
            held = await _limited([pid], chance.uniform(1.5, 3.0), chance)
        finally:
            load.is_heavy = False

        async def short():
            return told.count(*SIGNS) + held * (site.pid(name) != pid)

        return short

    return limit


async def postgres_is_short_of_memory(site, chance):
    told = site.told()
    load = site.load
    load.is_heavy = True
    try:
        await _limited(site.server_pids()[1:], chance.uniform(1.5, 3.0), chance)
    finally:
        load.is_heavy = False

    async def short():
        return told.count(*SIGNS)

    return short


async def _limited(pids, seconds, chance):
    """Their address spaces do not grow beyond what they are, and a little; how many it was done to."""
    limited = [pid for pid in pids if (size := _size(pid)) and _limit(pid, size + chance.randrange(0, 64) * 1_024)]
    try:
        await asyncio.sleep(seconds)
        return len(limited)
    finally:
        for pid in limited:
            _limit(pid, "unlimited")


def _limit(pid, most):
    """As the account that the process runs as, which needs no rights to do so. False where it is not there any more."""
    try:
        found = Path(f"/proc/{pid}").stat()
    except FileNotFoundError:
        return False
    command = ["prlimit", "--pid", str(pid), f"--as={most}:unlimited"]
    is_own = found.st_uid == os.geteuid()
    as_account = {} if is_own else {"user": found.st_uid, "group": found.st_gid, "extra_groups": []}
    return subprocess.run(command, capture_output=True, cwd="/", **as_account).returncode == 0


def _size(pid):
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * resource.getpagesize()
