"""Processes that are killed or paused. What counts: that the process was no more, or was stopped."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

from gooddata.intelligence.worker import DEFAULTS
from tests.faults.installation import WORKERS

PAUSE_SECONDS = DEFAULTS.lease_seconds + 2.0  # for which a worker is stopped: longer than its lease


def killed(role):
    async def kill(site, chance):
        pid = await site.running(_one_of(role, chance) if role == "worker" else role)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return await site.gone(_holder(site, pid, role), pid)

    return kill


def paused(role):
    async def pause(site, chance):
        seconds = PAUSE_SECONDS if role == "worker" else chance.uniform(1.0, 4.0)
        pid = await site.running(_one_of(role, chance) if role == "worker" else role)
        return await _paused([pid], seconds)

    return pause


async def pause_postgres(site, chance):
    """All of its processes."""
    return await _paused(site.server_pids(), chance.uniform(1.0, 7.0))


async def kill_postgres(site, chance):
    return await _ended(site, signal.SIGKILL)


async def restart_postgres_fast(site, chance):
    """It cuts its connections, writes everything out and ends."""
    return await _ended(site, signal.SIGINT)


async def restart_postgres_at_once(site, chance):
    """It ends as after a loss of power."""
    return await _ended(site, signal.SIGQUIT)


async def kill_a_backend(site, chance):
    """One process of PostgreSQL's is killed, after which all of them end and recover."""
    told = site.told()
    backends = site.server_pids()[1:]
    if backends:
        with suppress(ProcessLookupError):
            os.kill(chance.choice(backends), signal.SIGKILL)

    async def recovered():
        return told.count("was terminated by signal 9")

    return recovered


async def _ended(site, how):
    before = site.server_restarts
    with suppress(ProcessLookupError):
        os.kill(site.postgres.pid, how)
    # Who waits for a process that is stopped does not end.
    for _ in range(3_000):
        if site.server_restarts > before:
            return 1
        await asyncio.sleep(0.02)
    return 0


def _one_of(role, chance):
    return f"{role} {chance.randrange(WORKERS)}"


def _holder(site, pid, role):
    names = [f"worker {number}" for number in range(WORKERS)] if role == "worker" else [role]
    return next((name for name in names if site.pid(name) == pid), names[0])


async def _paused(pids, seconds):
    _tell(pids, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
        return sum(map(_is_stopped, pids))
    finally:
        _tell(pids, signal.SIGCONT)


def _tell(pids, what):
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, what)


def _is_stopped(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    except OSError:
        return False
