"""Fits in a process of its own, so that neither its memory nor its end touches who asks for it."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

import msgspec

from gooddata.intelligence.fitting import Line, Order, out_of
from gooddata.intelligence.training.fit_all import Trained

DEFAULT_MEMORY_MB = 2_048
# Of a line of the child: the models of all tasks of a project are a few megabytes.
_LONGEST_LINE = 256 << 20
# Numerical libraries start no threads there, whose stacks would count.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_CHILD = "gooddata.intelligence.fitting"


async def fit_apart(order: Order, tell: Callable[[str], None]) -> Trained | str:
    """What was trained, or why nothing was. `tell` hears of each stage. The child ends with who asked for it."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        _CHILD,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | _ONE_THREAD,
        limit=_LONGEST_LINE,
    )
    assert child.stdin is not None and child.stdout is not None
    came: Trained | str | None = None
    stage = "starting"
    try:
        with suppress(BrokenPipeError, ConnectionResetError):
            child.stdin.write(msgspec.json.encode(order))
            await child.stdin.drain()
        child.stdin.close()
        while line := await child.stdout.readline():
            said = msgspec.json.decode(line, type=Line)
            if said.stage is not None:
                stage = said.stage
                tell(stage)
            elif said.done:
                came = msgspec.json.decode(await child.stdout.readline(), type=Trained)
            else:
                came = said.failed
        code = await child.wait()
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await asyncio.shield(child.wait())
    return came if came is not None else _ended(code, stage, order.memory_mb)


def _ended(code: int, stage: str, memory_mb: int) -> str:
    """Why a child that has said nothing ended."""
    if code in (-signal.SIGSEGV, -signal.SIGABRT):
        # What a library does that cannot allocate.
        return f"its process crashed while {stage}; perhaps {out_of(memory_mb)}"
    how = f"was ended by signal {-code}" if code < 0 else f"ended with status {code}; its log says why"
    return f"its process {how}, while {stage}"
