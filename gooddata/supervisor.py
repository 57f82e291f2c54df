"""Keeps the processes of `gooddata up` alive: each that ends is started again, after a wait that grows."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import IO, Any

import msgspec

from gooddata.inside.numbers import Sample
from gooddata.persistence.embedded.child import die_with_parent

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0
STEADY_SECONDS = 20.0  # having lived so long, a process that ends is started again at once
STOP_SECONDS = 10.0


class Role(msgspec.Struct, frozen=True):
    """One process: `arguments` of the gooddata command, in an environment with `settings` of its own. One that is done
    with its work (exit status 0) stays ended."""

    name: str
    arguments: list[str]
    settings: Mapping[str, str] = {}


class Supervisor:
    """Runs roles, in `environment`, until `stop()`; `say` hears of every process that ended and was started again. What
    they write goes to `output`: to where this process's own errors go, unless told else."""

    def __init__(
        self, environment: Mapping[str, str], say: Callable[[str], None], output: IO[Any] | None = None
    ) -> None:
        self._environment = {**os.environ, **environment}
        self._say = say
        self._output = output
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.restarts: dict[str, int] = {}

    def samples(self) -> list[Sample]:
        return [Sample("gooddata_process_restarts_total", count, (name,)) for name, count in self.restarts.items()]

    def start(self, role: Role) -> None:
        """Starts a role and keeps it going."""
        self._tasks.append(asyncio.create_task(self._keep(role)))

    def pids(self) -> dict[str, int]:
        """The process id of every role that runs now."""
        return {name: process.pid for name, process in self._processes.items()}

    async def stop(self) -> None:
        """Ends every role, the last started first, asking before forcing."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for process in reversed(self._processes.values()):
            await _end(process)
        self._processes.clear()

    async def _keep(self, role: Role) -> None:
        wait = FIRST_WAIT_SECONDS
        while True:
            started = time.monotonic()
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "gooddata",
                *role.arguments,
                env={**self._environment, **role.settings},
                stdin=subprocess.DEVNULL,
                stdout=self._output or sys.stderr,
                stderr=self._output,
                # A Ctrl-C in the terminal reaches the supervisor alone, which ends the roles in order.
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
            self._processes[role.name] = process
            status = await process.wait()
            del self._processes[role.name]
            if status == 0:
                return
            if time.monotonic() - started > STEADY_SECONDS:
                wait = FIRST_WAIT_SECONDS
            self.restarts[role.name] = self.restarts.get(role.name, 0) + 1
            self._say(f"{role.name} ended ({_in_words(status)}); starting it again")
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _in_words(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
