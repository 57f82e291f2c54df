"""Group commit: what arrives while one commit is under way goes into the next, so that a lone event waits for nothing
and a flood costs one transaction for thousands of events."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import msgspec

from gooddata.errors import GoodDataError, LogUnavailable
from gooddata.event import fingerprint, partition_of, visitor_mark
from gooddata.eventlog.batch import Identities, NewBatch, Rejection
from gooddata.eventlog.postgres import LedgerKey, PostgresLog, Turn
from gooddata.ingestion import limits
from gooddata.ingestion.check import Accepted, Refused
from gooddata.ingestion.identities import PartitionIdentities


class Overloaded(GoodDataError):
    """More events wait for their commit than memory is set aside for."""


class Arrival(msgspec.Struct):
    """One request's events, judged and waiting for their commit. Times in epoch milliseconds."""

    project: str
    received_at: int
    context: bytes | None
    accepted: list[Accepted]
    refused: list[Refused]
    dropped: dict[str, int] = {}
    keep_refused: bool = True


class Outcome(msgspec.Struct, frozen=True):
    """How many of an arrival's accepted events were new, and how many were known."""

    stored: int
    duplicate: int


class GroupCommit:
    """Start with `run()`, as a task; `commit(arrival)` returns once the arrival is durable."""

    def __init__(self, log: PostgresLog, window: timedelta, rejected_bytes: int) -> None:
        self._log = log
        self._rejected_bytes = rejected_bytes
        self._window = window
        self._known = [PartitionIdentities(window) for _ in range(log.partitions)]
        self._waiting: list[tuple[Arrival, asyncio.Future[Outcome]]] = []
        self._waiting_events = 0
        self._arrived = asyncio.Event()

    async def warm(self) -> None:
        """Reads the identities of the window from the log, before the first event needs them."""
        async with self._log.turn(range(self._log.partitions)) as turn:
            await self._catch_up(turn, datetime.now(UTC))

    async def commit(self, arrival: Arrival) -> Outcome:
        """Raises Overloaded when too much waits already, LogUnavailable when the commit failed or may have failed."""
        events = len(arrival.accepted) + len(arrival.refused)
        if self._waiting_events + events > limits.WAITING_EVENTS:
            raise Overloaded("too many events wait to be stored; send again later")
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, done))
        self._waiting_events += events
        self._arrived.set()
        return await done

    async def run(self) -> None:
        """Commits what waits, one transaction after another, until cancelled."""
        while True:
            await self._arrived.wait()
            arrivals = self._next_arrivals()
            try:
                outcomes = await self._flush([arrival for arrival, _ in arrivals])
            except LogUnavailable as failure:
                for _, done in arrivals:
                    if not done.cancelled():
                        done.set_exception(failure)
                continue
            for (_, done), outcome in zip(arrivals, outcomes, strict=True):
                if not done.cancelled():
                    done.set_result(outcome)

    def _next_arrivals(self) -> list[tuple[Arrival, asyncio.Future[Outcome]]]:
        taken = events = 0
        for arrival, _ in self._waiting:
            if taken and events + len(arrival.accepted) > limits.FLUSH_EVENTS:
                break
            taken += 1
            events += len(arrival.accepted)
        arrivals, self._waiting = self._waiting[:taken], self._waiting[taken:]
        self._waiting_events -= sum(len(arrival.accepted) + len(arrival.refused) for arrival, _ in arrivals)
        if not self._waiting:
            self._arrived.clear()
        return arrivals

    async def _flush(self, arrivals: list[Arrival]) -> list[Outcome]:
        now = datetime.now(UTC)
        partitions = {
            partition_of(arrival.project, event.visitor, self._log.partitions)
            for arrival in arrivals
            for event in arrival.accepted
        }
        async with self._log.turn(partitions) as turn:
            await self._catch_up(turn, now)
            collected, outcomes = self._collect(arrivals)
            batches = [batch.sealed() for batch in collected.values()]
            if batches:
                await turn.append(batches, now)
            await turn.count(_ledger(arrivals, outcomes, now))
            kept = [_kept(a, refused) for a in arrivals if a.keep_refused for refused in a.refused]
            await turn.keep(kept, now, self._rejected_bytes)
        for batch in batches:
            self._known[batch.partition].learn(Identities(turn.heads[batch.partition], now, batch.fingerprints))
        return outcomes

    async def _catch_up(self, turn: Turn, now: datetime) -> None:
        """Learns what other writers appended since this one last held the turn."""
        for partition, head in turn.heads.items():
            known = self._known[partition]
            known.forget_before(now)
            if head != known.head:
                for batch in await turn.missed(partition, known.head, now - self._window):
                    known.learn(batch)
                known.head = head

    def _collect(self, arrivals: list[Arrival]) -> tuple[dict[int, "_Collected"], list[Outcome]]:
        """What is new, by partition, and what that means for each arrival."""
        collected: dict[int, _Collected] = {}
        outcomes = []
        for arrival in arrivals:
            stored = 0
            groups: dict[int, _OpenGroup] = {}
            for event in arrival.accepted:
                identity = fingerprint(arrival.project, event.visitor, event.derived_id or event.id.lower())
                partition = partition_of(arrival.project, event.visitor, self._log.partitions)
                batch = collected.get(partition)
                if batch is None:
                    batch = collected[partition] = _Collected(partition)
                if identity in self._known[partition] or identity in batch.identities:
                    continue
                batch.identities[identity] = None
                batch.visitors.add(visitor_mark(arrival.project, event.visitor))
                group = groups.get(partition)
                if group is None:
                    group = groups[partition] = _OpenGroup(arrival.project, arrival.received_at, arrival.context)
                    batch.groups.append(group)
                group.add(event)
                stored += 1
            outcomes.append(Outcome(stored, len(arrival.accepted) - stored))
        return {partition: batch for partition, batch in collected.items() if batch.identities}, outcomes


class _OpenGroup:
    """The new events of one arrival in one partition; see gooddata/event.py for its JSON."""

    def __init__(self, project: str, received_at: int, context: bytes | None) -> None:
        self._head = b'{"project":%s,"received_at":%d' % (msgspec.json.encode(project), received_at)
        if context:
            self._head += b',"context":' + context
        self._received_at = received_at
        self._times: list[int] = []
        self._ids: list[str | None] = []
        self._events: list[bytes] = []

    def add(self, event: Accepted) -> None:
        self._times.append(self._received_at if event.timestamp is None else event.timestamp)
        self._ids.append(event.derived_id)
        self._events.append(event.raw)

    def encoded(self) -> bytes:
        ids = b',"ids":' + msgspec.json.encode(self._ids) if any(self._ids) else b""
        times = msgspec.json.encode(self._times)
        return b'%s,"times":%s%s,"events":[%s]}' % (self._head, times, ids, b",".join(self._events))


class _Collected:
    """What one partition gets in one flush."""

    def __init__(self, partition: int) -> None:
        self.partition = partition
        self.identities: dict[bytes, None] = {}
        self.visitors: set[int] = set()
        self.groups: list[_OpenGroup] = []

    def sealed(self) -> NewBatch:
        body = b"[%s]" % b",".join(group.encoded() for group in self.groups)
        return NewBatch(
            self.partition, len(self.identities), b"".join(self.identities), sorted(self.visitors), body.decode()
        )


def _ledger(arrivals: list[Arrival], outcomes: list[Outcome], now: datetime) -> Counter[LedgerKey]:
    hour = now.replace(minute=0, second=0, microsecond=0)
    ledger: Counter[LedgerKey] = Counter()
    for arrival, outcome in zip(arrivals, outcomes, strict=True):
        ledger[arrival.project, hour, "stored", ""] += outcome.stored
        ledger[arrival.project, hour, "duplicate", ""] += outcome.duplicate
        for refused in arrival.refused:
            ledger[arrival.project, hour, "rejected", refused.reason] += 1
        for reason, events in arrival.dropped.items():
            ledger[arrival.project, hour, "dropped", reason] += events
    return Counter({key: events for key, events in ledger.items() if events})


def _kept(arrival: Arrival, refused: Refused) -> Rejection:
    bound = limits.REJECTION_BYTES
    context = arrival.context and arrival.context[:bound]
    event_id = refused.id and _storable(refused.id)
    return Rejection(arrival.project, event_id, refused.field, refused.reason, refused.raw[:bound], context)


def _storable(event_id: str) -> str:
    """What a refused event calls itself, so that it can be found: also an id that is refused because no text column can
    hold it, or because it is too long."""
    return event_id[: limits.TEXT_CHARACTERS].replace("\0", "\ufffd").encode(errors="replace").decode()
