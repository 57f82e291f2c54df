"""Group commit: what arrives while one commit is under way goes into the next, so that a lone event waits for nothing
and a flood costs one transaction for thousands of events. While the log is away, the spool takes what arrives."""

import asyncio
import logging
import math
import random
import time
import uuid
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import numpy.typing as npt

from gooddata.errors import GoodDataError, HeadMoved, LogUnavailable
from gooddata.eventlog.batch import Append, Drained, LedgerKey, NewBatch, Receipt
from gooddata.eventlog.log import EventLog, Turn
from gooddata.ingestion import limits
from gooddata.ingestion.apart import apart
from gooddata.ingestion.arrival import Arrival
from gooddata.ingestion.congestion import Congestion
from gooddata.ingestion.fingerprints import Fingerprints
from gooddata.ingestion.identities import Identities
from gooddata.ingestion.ledger import Outcome, counted, kept
from gooddata.ingestion.merge import Columns, in_columns, merged, stored_of_each
from gooddata.ingestion.numbers import Committed
from gooddata.ingestion.spool import Attempt, Record, Spool, SpoolFull
from gooddata.ingestion.tombstones import ERASED, Tombstones
from gooddata.inside.numbers import Sample
from gooddata.inside.traces import Traces
from gooddata.persistence.pseudonym import Pseudonyms

CONTENDED_SECONDS = 1.0  # after another writer was met, its partitions' turn is taken before deciding
OVERTAKEN_SECONDS = 0.005  # about as long waits who was overtaken within a turn, by chance, so that writers part
DRAIN_AGAIN_SECONDS = 0.2

Answer = Callable[[Outcome | GoodDataError], None]
_Waiting = tuple[Arrival, Answer, float]  # and since when, on the monotonic clock

logger = logging.getLogger(__name__)


class Overloaded(GoodDataError):
    """More waits for its commit than memory is set aside for."""


class _Decided(msgspec.Struct):
    """What is to be appended, and what that means for each arrival."""

    batches: list[NewBatch]
    new: Fingerprints
    outcomes: list[Outcome]


class _Trace(msgspec.Struct):
    """By what one can tell later whether an append that was not confirmed has happened."""

    attempt: Attempt | None = None
    receipt: Receipt | None = None


_NOTHING: Fingerprints = np.empty(0, np.uint64)


class GroupCommit:
    """Start with `run()`, as a task; `submit(arrival, answer)` calls `answer` once the arrival is durable."""

    def __init__(
        self,
        log: EventLog,
        window: timedelta,
        rejected_bytes: int,
        pseudonyms: Pseudonyms,
        spool: Spool,
        left: Sequence[Spool] = (),
        traces: Traces | None = None,
    ) -> None:
        self._log = log
        self._traces = traces
        self.committed = Committed()
        self._congestion = Congestion()
        self._rejected_bytes = rejected_bytes
        self._window = window
        self._spools = [spool, *left]
        self._identities = Identities(window)
        self._tombstones = Tombstones(pseudonyms)
        self._heads = dict.fromkeys(range(log.partitions), 0)
        self._contended_until = 0.0
        self._waiting: list[_Waiting] = []
        self._committing = False
        self._waiting_events = self._waiting_bytes = 0
        self._arrived = asyncio.Event()
        self._spooled = asyncio.Event()
        self._spool_turn = asyncio.Lock()

    async def warm(self) -> None:
        """Reads the tombstones, and the identities of the window, before the first event needs them."""
        self._tombstones.learn(await self._log.tombstones(0))
        await self._catch_up(self._log, datetime.now(UTC))

    def submit(self, arrival: Arrival, answer: Answer) -> None:
        """Takes an arrival in; `answer` gets its outcome, or LogUnavailable when it may not have become durable.

        Raises Overloaded when too much waits already.
        """
        events, size = arrival.count + len(arrival.refused), arrival.size
        if self._waiting_events + events > limits.WAITING_EVENTS or self._waiting_bytes + size > limits.WAITING_BYTES:
            raise Overloaded("too many events wait to be stored; send again later")
        self._waiting.append((arrival, answer, time.monotonic()))
        self._waiting_events += events
        self._waiting_bytes += size
        self._arrived.set()

    @property
    def is_busy(self) -> bool:
        """Whether something waits, or is under way."""
        return bool(self._waiting) or self._committing

    def refuses(self) -> bool:
        """Whether a request that has come is to be refused; to be asked once about each."""
        return self._congestion.refuses(self._waiting_events)

    @property
    def spooled(self) -> tuple[int, float]:
        """Bytes of what waits on this machine's disk for the log, and since when the oldest of it waits (epoch
        milliseconds): 0 and infinite where nothing does."""
        waiting = [spool for spool in self._spools if not spool.is_empty]
        return sum(spool.bytes for spool in waiting), min((spool.oldest_at for spool in waiting), default=math.inf)

    async def run(self) -> None:
        """Commits what waits, one transaction after another, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_committing())
            tasks.create_task(self._keep_draining())

    async def _keep_committing(self) -> None:
        while True:
            await self._arrived.wait()
            waited = self._next_arrivals()
            self._committing = True
            began = time.time_ns()
            outcomes = await self._commit([arrival for arrival, _, _ in waited])
            if self._traces is not None:
                self._tell(self._traces, waited, outcomes, began)
            for (_, answer, _), outcome in zip(waited, outcomes, strict=True):
                answer(outcome)
            self._committing = False

    def _tell(
        self, traces: Traces, waited: list[_Waiting], outcomes: list[Outcome | GoodDataError], began: int
    ) -> None:
        """In each of the traces that meet in this commit, that it was there."""
        ended = time.time_ns()
        for (arrival, _, _), outcome in zip(waited, outcomes, strict=True):
            if arrival.trace is not None:
                spooled = isinstance(outcome, Outcome) and outcome.spooled > 0
                name = "keep on disk" if spooled else "append to the log"
                counts = {"gooddata.events": arrival.count, "gooddata.requests_together": len(waited)}
                traces.add(name, began, ended, arrival.trace, attributes=counts)

    def samples(self) -> Iterable[Sample]:
        """What was committed, what waits in memory, and what on disk."""
        yield from self.committed.samples()
        yield Sample("gooddata_congested", self._congestion.is_there)
        yield Sample("gooddata_waiting_events", self._waiting_events)
        yield Sample("gooddata_waiting_events_limit", limits.WAITING_EVENTS)
        yield Sample("gooddata_waiting_bytes", self._waiting_bytes)
        yield Sample("gooddata_waiting_bytes_limit", limits.WAITING_BYTES)
        size, oldest_at = self.spooled
        yield Sample("gooddata_spool_bytes", size)
        yield Sample("gooddata_spool_bytes_limit", self._spools[0].most_bytes)
        waits = 0.0 if math.isinf(oldest_at) else max(time.time() - oldest_at / 1_000, 0.0)
        yield Sample("gooddata_spool_age_seconds", waits)

    def _next_arrivals(self) -> list[_Waiting]:
        taken = events = size = 0
        for arrival, _, _ in self._waiting:
            if taken and events + arrival.count > limits.FLUSH_EVENTS:
                break
            taken += 1
            events += arrival.count + len(arrival.refused)
            size += arrival.size
        self._congestion.commit_begins(self._waiting[0][2])
        arrivals, self._waiting = self._waiting[:taken], self._waiting[taken:]
        self._waiting_events -= events
        self._waiting_bytes -= size
        if not self._waiting:
            self._arrived.clear()
        return arrivals

    async def _commit(self, arrivals: list[Arrival]) -> list[Outcome | GoodDataError]:
        """What became of each arrival."""
        parts = [list(range(len(arrivals)))]
        if not self._log.appends_together:
            parts = apart(arrivals, self._log.partitions)
        # What is spooled goes first, so that a visitor's events stay in order.
        flush = all(spool.is_empty for spool in self._spools)
        commits = (self._commit_part([arrivals[place] for place in part], flush) for part in parts)
        outcomes: list[Outcome | GoodDataError] = [Outcome()] * len(arrivals)
        for part, some in zip(parts, await asyncio.gather(*commits), strict=True):
            for place, outcome in zip(part, some, strict=True):
                outcomes[place] = outcome
        return outcomes

    async def _commit_part(self, arrivals: list[Arrival], flush: bool) -> Sequence[Outcome | GoodDataError]:
        trace = _Trace()
        try:
            if flush:
                try:
                    return await self._flush(arrivals, trace)
                except LogUnavailable as failure:
                    self.committed.failed += 1
                    logger.warning("%s; keeping events on this machine's disk until it is back", failure)
            await self._to_spool([Record(arrival, trace.attempt, trace.receipt) for arrival in arrivals])
        except SpoolFull as failure:
            return [failure] * len(arrivals)
        self.committed.spooled += sum(arrival.count for arrival in arrivals)
        return [Outcome(spooled=arrival.count) for arrival in arrivals]

    async def _flush(self, arrivals: list[Arrival], trace: _Trace, drained: Drained | None = None) -> list[Outcome]:
        now = datetime.now(UTC)
        self._identities.forget_before(now)
        spared_by = self._tombstones.newest
        arrivals = [self._tombstones.spare(arrival) for arrival in arrivals]
        columns = self._in_columns(arrivals)

        def decide() -> _Decided:
            if columns is None:
                return _Decided([], _NOTHING, [_outcome(arrival, 0) for arrival in arrivals])
            new = columns.first_of_each() & ~self._identities.known(columns.fingerprints)
            batches = merged([arrival for arrival in arrivals if arrival.events], columns, new)
            return _Decided(batches, columns.fingerprints[new], _outcomes(arrivals, columns, new))

        began = time.perf_counter()
        ledger: Mapping[LedgerKey, int] = {}

        async def append(log: EventLog | Turn) -> tuple[_Decided, dict[int, int]]:
            nonlocal ledger
            decided = decide()
            self._note(trace, decided.batches, now, drained)
            ledger = counted(zip(arrivals, decided.outcomes, strict=True), now)
            rejections = kept(arrivals)
            last = Append(now, decided.batches, ledger, rejections, self._rejected_bytes, drained, trace.receipt)
            return decided, await log.append(last, self._heads)

        done = None
        if time.monotonic() >= self._contended_until:
            try:
                done = await append(self._log)
            except HeadMoved:
                self.committed.contended += 1
                self._contended_until = time.monotonic() + CONTENDED_SECONDS
        while done is None:
            partitions = set() if columns is None else set(columns.partitions.tolist())
            try:
                async with self._log.turn(partitions) as turn:
                    await self._catch_up(turn, now)
                    self._tombstones.learn(await turn.tombstones(self._tombstones.newest))
                    if self._tombstones.newest != spared_by:
                        spared_by = self._tombstones.newest
                        arrivals = [self._tombstones.spare(arrival) for arrival in arrivals]
                        columns = self._in_columns(arrivals)
                    done = await append(turn)
            except HeadMoved:
                self.committed.contended += 1
                await asyncio.sleep(random.uniform(0, 2 * OVERTAKEN_SECONDS))
        decided, heads = done
        self._heads.update(heads)
        self._identities.learn(decided.new, now)
        events = sum(arrival.count for arrival in arrivals)
        self.committed.add(ledger, len(decided.batches), events, time.perf_counter() - began)
        return decided.outcomes

    def _in_columns(self, arrivals: list[Arrival]) -> Columns | None:
        packed = [arrival.events for arrival in arrivals if arrival.events]
        return in_columns(packed, self._log.partitions) if packed else None

    def _note(self, trace: _Trace, batches: list[NewBatch], now: datetime, drained: Drained | None) -> None:
        """An append is told by its first batch, by how far the spool is drained, or by a receipt."""
        trace.attempt = trace.receipt = None
        if batches:
            first = batches[0]
            seq = self._heads[first.partition] + 1
            trace.attempt = Attempt(first.partition, seq, now, zlib.crc32(first.fingerprints))
        elif drained is None:
            trace.receipt = Receipt(self._spools[0].id, uuid.uuid4())

    async def _catch_up(self, log: EventLog | Turn, now: datetime) -> None:
        """Learns what was appended by others, or before this process was started."""
        while missed := await log.missed(self._heads, now - self._window):
            for batch in missed:
                self._identities.learn(np.frombuffer(batch.fingerprints, "<u8"), batch.received_at)
                self._heads[batch.partition] = batch.seq

    async def _to_spool(self, records: list[Record]) -> None:
        spool = self._spools[0]
        if time.time() - spool.oldest_at / 1_000 > self._window.total_seconds() / 2:
            # What is drained later than that could miss the window in which its copies are known.
            raise SpoolFull("the event log has been away for too long; what is spooled must be drained first")
        try:
            async with self._spool_turn:
                await asyncio.to_thread(spool.append, records)
        except OSError as failure:
            raise SpoolFull(f"the spool cannot be written: {failure}") from failure
        self._spooled.set()

    async def _keep_draining(self) -> None:
        while True:
            for spool in list(self._spools):
                while not spool.is_empty:
                    try:
                        await self._drain(spool)
                    except LogUnavailable:
                        await asyncio.sleep(DRAIN_AGAIN_SECONDS)
                if spool is not self._spools[0]:
                    self._spools.remove(spool)
                    spool.close()
            self._spooled.clear()
            if self._spools[0].is_empty:
                await self._spooled.wait()

    async def _drain(self, spool: Spool) -> None:
        """Moves the oldest records into the log. The log notes, in the same transaction, how far the spool is drained,
        so that a crash before they are removed here does not bring them in again."""
        drained = await self._log.drained(spool.id)
        async with self._spool_turn:
            spool.forget(drained)
            records = await asyncio.to_thread(spool.read, limits.FLUSH_EVENTS)
        if not records:
            spool.forget(spool.last)
            return
        happened: dict[Attempt | Receipt | None, bool] = {}
        for _, record in records:
            if (by := record.attempt or record.receipt) not in happened:
                happened[by] = await self._has_happened(by)
        arrivals = [record.arrival for _, record in records if not happened[record.attempt or record.receipt]]
        to = records[-1][0]
        await self._flush(arrivals, _Trace(), Drained(spool.id, to))
        async with self._spool_turn:
            spool.forget(to)

    async def _has_happened(self, attempt: Attempt | Receipt | None) -> bool:
        if attempt is None:
            return False
        if isinstance(attempt, Receipt):
            return await self._log.received(attempt)
        found = await self._log.identities_at(attempt.partition, attempt.seq)
        return (
            found is not None
            and found.received_at == attempt.received_at
            and zlib.crc32(found.fingerprints) == attempt.fingerprints
        )


def _outcomes(arrivals: list[Arrival], columns: Columns, new: npt.NDArray[np.bool_]) -> list[Outcome]:
    stored = iter(stored_of_each(columns, new))
    return [_outcome(arrival, next(stored) if arrival.count else 0) for arrival in arrivals]


def _outcome(arrival: Arrival, stored: int) -> Outcome:
    return Outcome(stored, arrival.count - stored, erased=arrival.dropped.get(ERASED, 0))
