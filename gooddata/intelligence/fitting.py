"""The process in which models are fitted: `python -m gooddata.intelligence.fitting`.

One JSON object on standard input says what to do; on standard output come lines of JSON: stages, and at last what came
of it. It lowers its priority and bounds its memory before it reads anything.
"""

import asyncio
import resource
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from gooddata.intelligence.background import make_way, only_when_idle
from gooddata.intelligence.moments import use_milliseconds
from gooddata.persistence.pool import open_connection

ROLE = "gooddata_worker"
# Of its memory: what failed while so much was taken, failed for want of more.
_NEARLY_ALL = 0.95
# What fitting loads as it goes.
_LIBRARIES = (
    *(f"sklearn.{part}" for part in ("ensemble", "impute", "linear_model", "metrics", "pipeline", "preprocessing")),
    "skops.io",
)


class Order(msgspec.Struct, frozen=True):
    """A project of which database, and how many megabytes of memory that may take."""

    analytics_dsn: str
    project: str
    memory_mb: int


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stage that has begun; or why nothing came of it; or, `done`, that the next line is what came of it, Trained."""

    stage: str | None = None
    failed: str | None = None
    done: bool = False


def main() -> None:
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    make_way()
    only_when_idle()
    # Before the bound, by which it counts all the same: a library that cannot be loaded whole fails in any way.
    for library in (*_LIBRARIES, "gooddata.intelligence.training.fit_all"):
        import_module(library)
    _bound(order.memory_mb)
    try:
        asyncio.run(_train(order, lambda stage: _say(Line(stage=stage))))
    except Exception as failure:
        if not _ran_out(failure, order.memory_mb):
            raise
        _say(Line(failed=out_of(order.memory_mb)))


def out_of(memory_mb: int) -> str:
    return f"it needs more memory than the {memory_mb:,} MB that it may take (GOODDATA_TRAINING_MB)"


def _bound(memory_mb: int) -> None:
    """Of what it allocates, where the kernel counts that (Linux); of all its addresses elsewhere."""
    limit = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    most = memory_mb << 20
    _, hard = resource.getrlimit(limit)
    resource.setrlimit(limit, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _ran_out(failure: BaseException, memory_mb: int) -> bool:
    """Whether it failed for want of memory, which not all code says in these words."""
    if isinstance(failure, MemoryError | SystemError):
        return True
    if any(_ran_out(each, memory_mb) for each in (failure.__cause__, failure.__context__) if each is not None):
        return True
    if sys.platform != "linux":
        return False
    with Path("/proc/self/status").open() as status:
        taken = next(int(line.split()[1]) for line in status if line.startswith("VmData:"))
    return taken >= _NEARLY_ALL * (memory_mb << 10)


async def _train(order: Order, tell: Callable[[str], None]) -> None:
    from gooddata.intelligence.champions import champions
    from gooddata.intelligence.training.fit_all import TRAINED, fit_all
    from gooddata.intelligence.training.sample import facts_within, finished_sessions

    tell("reading sessions")
    connection = await open_connection(order.analytics_dsn, ROLE)
    try:
        await use_milliseconds(connection)
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            in_use = await champions(connection, order.project, TRAINED)
            sessions = await finished_sessions(connection, order.project, most_facts=facts_within(order.memory_mb))
    finally:
        await connection.close()
    trained = fit_all(sessions, in_use, tell)
    _say(Line(done=True))
    _say(trained)


def _say(line: Any) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
