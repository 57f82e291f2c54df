"""The worker: from the log to analytics, round after round, until it is told to stop."""

import asyncio
import gc
import logging
import time
from contextlib import suppress
from typing import Any

import asyncpg
import msgspec
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from gooddata.errors import CursorMoved, LogUnavailable
from gooddata.eventlog.lag import require_held
from gooddata.eventlog.log import EventLog
from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.inside.traces import Traces
from gooddata.intelligence.facts.extract import Extractor
from gooddata.intelligence.facts.goals import Goals
from gooddata.intelligence.lease.leases import Leases
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.numbers import Worked
from gooddata.intelligence.results.apply import apply
from gooddata.intelligence.results.round import Reader, Round
from gooddata.intelligence.scoring.models import Models
from gooddata.intelligence.sessions.visitor import Memory
from gooddata.intelligence.traced import trace_round, traces_in
from gooddata.intelligence.uniques.keep import LOOK_SECONDS, keep_counted
from gooddata.intelligence.uniques.recount import READY, Ready
from gooddata.persistence.pool import open_pool
from gooddata.persistence.pseudonym import Pseudonyms

ROLE = "gooddata_worker"
FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 5.0
COMMAND_SECONDS = 60.0
# A plan that was made while a window of time was empty reads all of a project's rows in it, and is kept until there
# are statistics, a minute or more later. Making a dozen plans takes some milliseconds.
PLAN_SECONDS = 10.0
SHARE_SECONDS = 0.25  # how often a worker that has less than its share looks for what others gave back

# A database that is away, or a transaction that it gave up (a deadlock, a failover, a pause too long in the midst of
# it): the same may succeed later.
_PASSING = (
    *UNAVAILABLE,
    asyncpg.TransactionRollbackError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    LogUnavailable,
)

logger = logging.getLogger(__name__)


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`round_events` bounds what one transaction writes, `visitors` how many are kept in memory. Every `count_seconds`,
    visitors of hours that are `ready` are counted.

    A worker that does not show itself for `lease_seconds` is replaced, by others who look every `keep_seconds`: within
    five seconds together. A round that takes longer is not: while its transaction runs, nobody can take its partitions.
    """

    round_events: int = 5_000
    visitors: int = 100_000
    lease_seconds: float = 4.0
    keep_seconds: float = 0.75
    refresh_seconds: float = 2.0
    count_seconds: float = LOOK_SECONDS
    ready: Ready = READY


DEFAULTS = WorkerSettings()


def _tune_process() -> None:
    # A round's sessions are scored in a millisecond or two: more threads would cost more to start than they save.
    threadpool_limits(1)
    # Rounds make a great many objects and no cycles of them; looking for cycles took a third of the worker's time.
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


async def run(
    log: EventLog,
    analytics_dsn: str,
    pseudonyms: Pseudonyms,
    stop: asyncio.Event,
    settings: WorkerSettings = DEFAULTS,
    worked: Worked | None = None,
    traces: Traces | None = None,
) -> None:
    """Works until `stop` is set, through restarts of the databases, in a process that does nothing else; `worked`
    counts what it does.

    Raises only what waiting does not mend: a schema that is missing, a log that is older than analytics, an error in
    the code.
    """
    _tune_process()
    worked = worked or Worked(settings.visitors)
    wait = FIRST_WAIT_SECONDS
    counting = asyncio.create_task(keep_counted(analytics_dsn, settings.count_seconds, settings.ready))
    counting.add_done_callback(_tell)
    try:
        while not stop.is_set():
            worker = Worker(log, pseudonyms, settings, worked, traces)
            try:
                await worker.work(analytics_dsn, stop)
            except _PASSING as failure:
                worked.restarts += 1
                worked.hold((), 0)
                wait = FIRST_WAIT_SECONDS if worker.rounds else min(wait * 2, LONGEST_WAIT_SECONDS)
                logger.warning(
                    "the worker cannot work (%s: %s); trying again in %.1f s", type(failure).__name__, failure, wait
                )
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), wait)
    finally:
        counting.cancel()


def _tell(counting: asyncio.Task[None]) -> None:
    """Rounds go on without sketches, and questions are answered from sessions and events, more slowly."""
    if not counting.cancelled() and (failure := counting.exception()):
        logger.error("unique visitors are not counted any more until the worker starts again", exc_info=failure)


class Worker:
    """One stretch of work, from connecting to stopping or failing; what it remembers ends with it."""

    def __init__(
        self,
        log: EventLog,
        pseudonyms: Pseudonyms,
        settings: WorkerSettings,
        worked: Worked,
        traces: Traces | None = None,
    ) -> None:
        self.rounds = 0
        self._worked = worked
        self._traces = traces
        self._log = log
        self._pseudonyms = pseudonyms
        self._settings = settings
        self._goals = Goals()
        self._models = Models()
        self._memory = Memory(settings.visitors)

    async def work(self, analytics_dsn: str, stop: asyncio.Event) -> None:
        """Raises what the databases raise, and GoodDataError, when it cannot go on."""
        pool = await open_pool(analytics_dsn, ROLE, size=2, command_timeout=COMMAND_SECONDS)
        try:
            async with pool.acquire() as connection:
                # All that a worker asks of this database is by key. A plan made while the tables were small would
                # scan them, and be kept while they grow.
                await connection.execute("SET enable_seqscan = off")
                await _end_with_lease(connection, self._settings.lease_seconds)
                await require_held(self._log, connection)
                await use_milliseconds(connection)
                leases = await Leases.join(connection, self._log.partitions, self._settings.lease_seconds)
                try:
                    await self._go_round(pool, connection, leases, stop)
                finally:
                    # Should the connection refuse, closing it frees the leases, too.
                    with suppress(*_PASSING):
                        await leases.leave()
        finally:
            pool.terminate()

    async def _go_round(self, pool: Any, connection: Any, leases: Leases, stop: asyncio.Event) -> None:
        extractor = Extractor(self._pseudonyms, self._goals)
        looks_for = traces_in if self._traces is not None else None
        reader = Reader(self._log, extractor, self._goals, pool, self._settings.round_events, looks_for)
        clock = asyncio.get_running_loop().time
        held: dict[int, int] = {}
        ahead: asyncio.Task[Round | None] | None = None
        keep_at = refresh_at = 0.0
        plan_at = clock() + PLAN_SECONDS
        try:
            while not stop.is_set():
                if clock() >= refresh_at:
                    await self._goals.refresh(pool)
                    await self._models.refresh(pool)
                    refresh_at = clock() + self._settings.refresh_seconds
                if clock() >= keep_at:
                    kept = await leases.keep()
                    former, held = held, {lease.partition: lease.epoch for lease in kept.values()}
                    if held != former:
                        await _discard(ahead)
                        ahead = None
                        self._memory.keep({each for each, epoch in held.items() if former.get(each) == epoch})
                        reader.reset(kept)
                        self._worked.hold(sorted(held), leases.share)
                        logger.info("%s works on partitions %s", leases.owner, sorted(held))
                    waits_for_share = len(held) < leases.share
                    keep_at = clock() + (SHARE_SECONDS if waits_for_share else self._settings.keep_seconds)
                if clock() >= plan_at:
                    await connection.execute("DISCARD PLANS")
                    plan_at = clock() + PLAN_SECONDS
                work = await (ahead or reader.next_round())
                ahead = None
                if work is None:
                    await self._wait(stop, min(keep_at, refresh_at) - clock())
                    continue
                # While the database writes this round, the next one is read.
                ahead = asyncio.create_task(reader.next_round()) if work.more else None
                began = time.perf_counter()
                try:
                    outcomes = await apply(connection, work, self._memory, self._models)
                    self.rounds += 1
                    self._worked.add(work, outcomes, time.perf_counter() - began)
                    self._worked.visitors = len(self._memory)
                    if self._traces is not None:
                        trace_round(self._traces, work, outcomes)
                except CursorMoved as moved:
                    self._worked.moved += 1
                    logger.warning("%s; taking it up where that left off", moved)
                    held, keep_at = {}, 0.0
                except Exception:
                    self._worked.failed += 1
                    raise
        finally:
            await _discard(ahead)

    async def _wait(self, stop: asyncio.Event, seconds: float) -> None:
        """Until something may have been appended, or for `seconds`, or until told to stop."""
        appended = asyncio.create_task(self._log.wait(max(seconds, 0.0)))
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({appended, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if appended.done():
                appended.result()
        finally:
            appended.cancel()
            stopped.cancel()


async def _end_with_lease(connection: Any, lease_seconds: float) -> None:
    """A worker that is paused, or whose machine is gone, in the midst of a transaction would keep others from its
    partitions for as long as the server waits for its next word."""
    await connection.execute(
        f"SET idle_in_transaction_session_timeout = {round(1_000 * lease_seconds)};"
        f" SET statement_timeout = {round(1_000 * COMMAND_SECONDS)}"
    )


async def _discard(task: asyncio.Task[Round | None] | None) -> None:
    if task is not None:
        task.cancel()
        with suppress(asyncio.CancelledError, *_PASSING):
            await task
