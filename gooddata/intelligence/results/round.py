"""A round: batches of the partitions held, read from the log and turned into facts."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from gooddata.eventlog.batch import StoredBatch
from gooddata.eventlog.log import EventLog
from gooddata.intelligence.facts.extract import Extractor
from gooddata.intelligence.facts.fact import Fact
from gooddata.intelligence.facts.goals import Goals
from gooddata.intelligence.facts.read import Unreadable, read_batch
from gooddata.intelligence.lease.leases import Lease

# Batches asked of a partition at a time. A batch has 5,000 events at most, and mostly far fewer.
_BATCHES = 8


class Move(msgspec.Struct):
    """How far a round takes a partition's cursor."""

    partition: int
    epoch: int
    seq: int
    upto: int
    caught_up_at: int


class Round(msgspec.Struct):
    """`more` says that the log held more than went into this round. `traces` are the traceparents of requests in it."""

    moves: list[Move]
    facts: list[Fact]
    unreadable: list[Unreadable]
    more: bool
    batches: int = 0
    began: int = 0
    traces: list[str] = []


class Reader:
    """Reads rounds of about `limit` events, the partitions held taking turns.

    It runs ahead of what is committed; `reset` takes it back to the positions of the leases.
    """

    def __init__(
        self,
        log: EventLog,
        extractor: Extractor,
        goals: Goals,
        database: Any,
        limit: int,
        traces_in: Callable[[bytes], list[str]] | None = None,
    ) -> None:
        self._traces_in = traces_in
        self._log = log
        self._extractor = extractor
        self._goals = goals
        self._database = database
        self._limit = limit
        self._leases: dict[int, Lease] = {}
        self._position: dict[int, int] = {}
        self._waiting: dict[int, deque[StoredBatch]] = {}

    def reset(self, leases: Mapping[int, Lease]) -> None:
        """Starts over, from where the leases say that results are committed."""
        self._leases = dict(leases)
        self._position = {partition: lease.seq for partition, lease in leases.items()}
        self._waiting = {partition: deque() for partition in leases}

    async def next_round(self) -> Round | None:
        """What comes next in the log; None when nothing does. Raises LogUnavailable."""
        began = time.time_ns()
        batches, more = await self._take()
        if not batches:
            return None
        moves: dict[int, Move] = {}
        facts: list[Fact] = []
        unreadable: list[Unreadable] = []
        traces: list[str] = []
        for batch in batches:
            if self._traces_in is not None:
                traces += self._traces_in(batch.body)
            move = moves.get(batch.partition)
            if move is None:
                lease = self._leases[batch.partition]
                before = self._position[batch.partition]
                move = moves[batch.partition] = Move(
                    batch.partition, lease.epoch, before, before, int(batch.received_at.timestamp() * 1_000)
                )
            move.upto = self._position[batch.partition] = batch.seq
            move.caught_up_at = int(batch.received_at.timestamp() * 1_000)
            read, failed = await self._read_batch(batch)
            facts += read
            unreadable += failed
        ordered = sorted(moves.values(), key=lambda move: move.partition)
        return Round(ordered, facts, unreadable, more, len(batches), began, traces)

    async def _take(self) -> tuple[list[StoredBatch], bool]:
        """About `limit` events' worth of batches, and whether the log holds more."""
        reach = await self._log.reach()
        taken: list[StoredBatch] = []
        events = 0
        turn = deque(self._leases)
        while turn and events < self._limit:
            partition = turn.popleft()
            waiting = self._waiting[partition]
            if not waiting:
                after = max([self._position[partition], *(b.seq for b in taken if b.partition == partition)])
                if reach.get(partition, 0) > after:
                    waiting.extend(await self._log.read(partition, after, _BATCHES))
            if waiting:
                batch = waiting.popleft()
                taken.append(batch)
                events += batch.events
                turn.append(partition)
        # Another partition begins the next round, so that none waits for ever behind a busy one.
        if self._leases:
            first = next(iter(self._leases))
            self._leases[first] = self._leases.pop(first)
        return taken, bool(turn)

    async def _read_batch(self, batch: StoredBatch) -> tuple[list[Fact], list[Unreadable]]:
        read = read_batch(self._extractor, batch)
        if self._goals.missed:
            # A project younger than what is known of goals: its first conversions must not be overlooked.
            await self._goals.refresh(self._database)
            read = read_batch(self._extractor, batch)
        return read
