"""The event log in PostgreSQL: one row a batch, a row lock as the partition's turn."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID

import asyncpg

from gooddata.errors import ConfigurationError, HeadMoved, LogUnavailable
from gooddata.eventlog.batch import Append, Reached, Receipt, StoredBatch, StoredIdentities, Waiting
from gooddata.persistence.erasure.log import tombstones_after
from gooddata.persistence.erasure.person import Tombstone
from gooddata.persistence.pool import open_connection, open_pool
from gooddata.sql import statement

APPENDED = "gooddata_batch"
PATIENCE_SECONDS = 5.0  # a server that has not answered for so long counts as away
LINGER_SECONDS = 30.0  # by then a server process has noticed that its connection is lost

_TAKE_TURN = statement(__package__, "take_turn")
_MISSED = statement(__package__, "missed_identities")
_APPEND = statement(__package__, "append")
_APPEND_WITH_RECEIPT = statement(__package__, "append_with_receipt")
_READ = statement(__package__, "read")
_IDENTITIES_AT = statement(__package__, "identities_at")
_DRAINED = statement(__package__, "drained")
_RECEIVED = statement(__package__, "received")
_WAITING = statement(__package__, "waiting")
_NOT_HELD = statement(__package__, "not_held")
_STILL_THERE = statement(__package__, "still_there")
_BEFORE = statement(__package__, "before")
_HELD_SINCE = statement(__package__, "held_since")
_MAKE_ROOM = "SELECT raw.make_room($1)"
_IS_ARCHIVE = "SELECT EXISTS (SELECT FROM raw.stream)"

EVER = datetime.min.replace(tzinfo=UTC)
_CLOCKS_DIFFER = timedelta(hours=1)  # between writers, at most; where they do by more, reading takes a second query
_ROOM_SECONDS = 3_600.0
_ROOM_WEEKS = 6  # for which the log has windows made ahead

_MOVED_ON = "GD001"
_MISSED_AT_ONCE = 2_000  # batches of which the identities are read in one round trip

# What PostgreSQL and the network raise when the server is away, going away or not yet ready, when its disk fails, or
# when it has given up a transaction that waited for another in a circle: the same may succeed later. asyncpg raises
# InternalClientError when a connection breaks, or a task is cancelled, in the midst of a statement.
UNAVAILABLE = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ObjectNotInPrerequisiteStateError,
    asyncpg.TransactionRollbackError,
    asyncpg.PostgresSystemError,
    asyncpg.InternalClientError,
    ConfigurationError,
)

logger = logging.getLogger(__name__)


class Turn:
    """The right to append to some partitions, held until the transaction around it ends."""

    def __init__(self, connection: asyncpg.Connection, heads: dict[int, int]) -> None:
        self._connection = connection
        self.heads = heads

    async def append(self, append: Append, heads: Mapping[int, int]) -> dict[int, int]:
        """Appends to partitions of the turn, which stand at `heads`."""
        return await _append(self._connection, append, heads)

    async def missed(self, known: Mapping[int, int], since: datetime) -> list[StoredIdentities]:
        """As PostgresLog.missed, and none of them can be followed by another while the turn is held."""
        return await _missed(self._connection, self.heads, known, since)

    async def tombstones(self, after: int) -> list[tuple[int, str, Tombstone]]:
        """As PostgresLog.tombstones, and none can be added while the turn is held."""
        return await tombstones_after(self._connection, after)


class PostgresLog:
    """Open with `await PostgresLog.open(dsn, role)`; every method raises LogUnavailable while the server is away.

    Positions count from 1 in each partition, without gaps.
    """

    epoch = None
    # One transaction appends to all partitions, at the price of one.
    appends_together = True

    def __init__(self, dsn: str, role: str, pool: asyncpg.Pool, partitions: int) -> None:
        self.partitions = partitions
        self._dsn = dsn
        self._role = role
        self._pool = pool
        self._listener: asyncpg.Connection | None = None
        self._appended = asyncio.Event()
        # The newest batch that was read of each partition, and a time before which none that follows was received, so
        # that the windows of earlier weeks are not looked into.
        self._read_up_to: dict[int, tuple[int, datetime]] = {}
        # A connection of its own for writing: a pool's would be reset, at the cost of a round trip, after each append.
        self._writer: asyncpg.Connection | None = None
        self._writing = asyncio.Lock()
        # The server's process of the writer that was lost last, and until when it may linger.
        self._former: tuple[int, float] | None = None

    @classmethod
    async def open(cls, dsn: str, role: str, *, size: int = 4) -> Self:
        """Raises ConfigurationError when the database is not there or holds no log."""
        pool = await open_pool(dsn, role, size=size)
        try:
            partitions = await pool.fetchval("SELECT count(*) FROM raw.partition")
        except asyncpg.UndefinedTableError:
            await pool.close()
            raise ConfigurationError("the raw database holds no event log; run: gooddata migrate") from None
        return cls(dsn, role, pool, partitions)

    async def close(self) -> None:
        for connection in (self._listener, self._writer):
            if connection is not None:
                connection.terminate()
        self._pool.terminate()

    async def make_room(self) -> None:
        """Makes the windows that batches of this week and of the next ones are stored in.

        Raises ConfigurationError where the database is of an earlier version, or the archive of a log on NATS."""
        try:
            await self._pool.execute(_MAKE_ROOM, _ROOM_WEEKS)
            is_archive = await self._pool.fetchval(_IS_ARCHIVE)
        except (asyncpg.UndefinedFunctionError, asyncpg.UndefinedTableError):
            raise ConfigurationError("the raw database is of an earlier version; run: gooddata migrate") from None
        if is_archive:
            raise ConfigurationError(
                "the raw database is the archive of an event log on NATS: set GOODDATA_LOG to its servers"
            )

    async def keep_room(self) -> None:
        """Makes room ahead until cancelled. (What comes in while there is none is stored all the same.)"""
        while True:
            await asyncio.sleep(_ROOM_SECONDS)
            try:
                await self.make_room()
            except (*UNAVAILABLE, asyncpg.PostgresError) as failure:
                logger.warning("no room was made ahead in the event log (%s); trying again", failure)

    async def append(self, append: Append, heads: Mapping[int, int]) -> dict[int, int]:
        """Appends if its partitions still stand at `heads`; it is durable, then. Where these partitions stand now.

        Raises HeadMoved, when one of them has moved on."""
        async with self._connected() as connection:
            return await _append(connection, append, heads)

    @asynccontextmanager
    async def turn(self, partitions: Collection[int]) -> AsyncIterator[Turn]:
        """A transaction that holds the turn of `partitions`; leaving it commits, durably, or raises."""
        async with self._connected() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                rows = await connection.fetch(_TAKE_TURN, sorted(partitions))
                yield Turn(connection, {row["partition"]: row["head"] for row in rows})
            except (*UNAVAILABLE, asyncio.CancelledError):
                # The connection is given up. To ask a server for a rollback that has not answered in time would be to
                # wait for it, this time without end.
                raise
            except BaseException:
                await transaction.rollback()
                raise
            await transaction.commit()

    async def drained(self, spool: UUID) -> int:
        """The number of the last record of a spool that is in the log; 0 where none is."""
        async with self._connected() as connection:
            return await connection.fetchval(_DRAINED, spool) or 0

    async def received(self, receipt: Receipt) -> bool:
        """Whether the append with this receipt has happened; true of the newest one of its writer at most."""
        async with self._connected() as connection:
            return bool(await connection.fetchval(_RECEIVED, receipt.writer, receipt.receipt))

    async def identities_at(self, partition: int, seq: int) -> StoredIdentities | None:
        """The identities of the first batch at a position or after it, if there is one. Nothing that was begun before
        over a connection that was lost comes to be there later."""
        async with self._connected() as connection:
            row = await connection.fetchrow(_IDENTITIES_AT, partition, seq)
            return None if row is None else StoredIdentities(partition, *row)

    async def missed(self, known: Mapping[int, int], since: datetime) -> list[StoredIdentities]:
        """What some batches hold that follow the positions `known` and were received at `since` or later, in the order
        of their partition; empty once there are no more."""
        heads = await self.heads()
        async with self._connected() as connection:
            return await _missed(connection, heads, known, since)

    async def tombstones(self, after: int) -> list[tuple[int, str, Tombstone]]:
        """The tombstones after number `after`, with their numbers and projects."""
        async with self._connected() as connection:
            return await tombstones_after(connection, after)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncpg.Connection]:
        async with self._writing:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    if self._writer is None or self._writer.is_closed():
                        self._writer = await open_connection(self._dsn, self._role, lingers=False)
                    await self._wait_for_former(self._writer)
                    yield self._writer
            except UNAVAILABLE as failure:
                if self._writer is not None:
                    if self._former is None:
                        self._former = self._writer.get_server_pid(), time.monotonic() + LINGER_SECONDS
                    self._writer.terminate()
                    self._writer = None
                raise LogUnavailable(
                    f"the event log cannot be written: {str(failure) or 'it does not answer'}"
                ) from failure

    async def _wait_for_former(self, connection: asyncpg.Connection) -> None:
        """What a lost connection had begun may still be under way: whether it happens can be told once it is over."""
        while self._former is not None:
            pid, until = self._former
            if time.monotonic() > until or not await connection.fetchval(_STILL_THERE, pid):
                self._former = None
            else:
                await asyncio.sleep(0.01)

    async def read(self, partition: int, after: int, limit: int = 16) -> list[StoredBatch]:
        """Up to `limit` batches of `partition` that follow position `after`, in order, none skipped."""
        at, newest = self._read_up_to.get(partition, (0, EVER))
        since = newest if after >= at else EVER
        try:
            batches = await self._read(partition, after, limit, since)
            if since is not EVER and not _follow(batches, after):
                # A clock that went back has put a batch in a window of before; or there is none yet.
                batches = await self._read(partition, after, limit, EVER)
        except UNAVAILABLE as failure:
            raise LogUnavailable(f"the event log cannot be read: {failure}") from failure
        if batches:
            self._read_up_to[partition] = batches[-1].seq, batches[-1].received_at - _CLOCKS_DIFFER
        return batches

    async def _read(self, partition: int, after: int, limit: int, since: datetime) -> list[StoredBatch]:
        return [StoredBatch(*row) for row in await self._pool.fetch(_READ, partition, after, limit, since)]

    async def before(self, partition: int, received_at: datetime) -> int:
        """The position after which the batches of `partition` come that were received at that time or later."""
        try:
            return int(await self._pool.fetchval(_BEFORE, partition, received_at))
        except UNAVAILABLE as failure:
            raise LogUnavailable(f"the event log cannot be read: {failure}") from failure

    async def held_since(self, project: str | None) -> datetime | None:
        """From when on the log holds all that was received, of a project or of all; None where that is ever."""
        since: datetime | None = await self._pool.fetchval(_HELD_SINCE, project)
        return since

    async def reach(self) -> dict[int, int]:
        """For every partition, a position that no batch of it is beyond."""
        return await self.heads()

    async def heads(self) -> dict[int, int]:
        """The position of the newest batch of every partition; 0 where there is none."""
        try:
            return {row["partition"]: row["head"] for row in await self._pool.fetch("TABLE raw.partition")}
        except UNAVAILABLE as failure:
            raise LogUnavailable(f"the event log cannot be read: {failure}") from failure

    async def waiting(self, reached: Mapping[int, Reached]) -> list[Waiting]:
        """What waits in every partition for readers that are so far."""
        known = [*reached.values()]
        columns = [*reached], [each.seq for each in known], [each.at for each in known]
        try:
            return [Waiting(*row) for row in await self._pool.fetch(_WAITING, *columns)]
        except UNAVAILABLE as failure:
            raise LogUnavailable(f"the event log cannot be read: {failure}") from failure

    async def not_held(self, reached: Mapping[int, Reached]) -> list[int]:
        """The partitions that end before what readers that are so far have come to, or hold another batch there."""
        known = [*reached.values()]
        columns = [*reached], [each.seq for each in known], [each.at for each in known]
        try:
            return [row["partition"] for row in await self._pool.fetch(_NOT_HELD, *columns)]
        except UNAVAILABLE as failure:
            raise LogUnavailable(f"the event log cannot be read: {failure}") from failure

    async def waiting_for_archive(self, archived: int) -> tuple[int, datetime | None]:
        """Nothing: this is the raw database."""
        return 0, None

    async def wait(self, timeout: float) -> None:
        """Returns when a batch may have been appended since the last call, or after `timeout` seconds."""
        try:
            if self._listener is None or self._listener.is_closed():
                self._listener = await open_connection(self._dsn, self._role, name=APPENDED)
                await self._listener.add_listener(APPENDED, lambda *_: self._appended.set())
                return
        except UNAVAILABLE:
            await asyncio.sleep(timeout)
            return
        try:
            async with asyncio.timeout(timeout):
                await self._appended.wait()
        except TimeoutError:
            pass
        self._appended.clear()


async def _append(connection: asyncpg.Connection, append: Append, heads: Mapping[int, int]) -> dict[int, int]:
    batches = sorted(append.batches, key=lambda batch: batch.partition)
    counted = sorted((*key, events) for key, events in append.ledger.items())
    kept = [(r.project, r.event_id, r.field, r.reason, r.body, r.context) for r in append.rejections]
    drained, receipt = append.drained, append.receipt
    try:
        await connection.fetchval(
            _APPEND_WITH_RECEIPT if receipt else _APPEND,
            append.received_at,
            [batch.partition for batch in batches],
            [heads[batch.partition] for batch in batches],
            [batch.events for batch in batches],
            [batch.fingerprints for batch in batches],
            [len(batch.visitors) for batch in batches],
            [mark for batch in batches for mark in batch.visitors],
            [batch.body for batch in batches],
            *_columns(counted, 5),
            *_columns(kept, 6),
            append.rejected_bytes,
            drained and drained.spool,
            drained and drained.to,
            *((receipt.writer, receipt.receipt) if receipt else ()),
        )
    except asyncpg.PostgresError as failure:
        if failure.sqlstate == _MOVED_ON:
            raise HeadMoved("another writer has appended to a partition meanwhile") from None
        raise
    return {batch.partition: heads[batch.partition] + 1 for batch in batches}


async def _missed(
    connection: asyncpg.Connection, heads: Mapping[int, int], known: Mapping[int, int], since: datetime
) -> list[StoredIdentities]:
    for partition, head in heads.items():
        if known[partition] < head:
            rows = await connection.fetch(_MISSED, partition, known[partition], since, _MISSED_AT_ONCE)
            return [StoredIdentities(partition, *row) for row in rows] or [
                StoredIdentities(partition, head, since, b"")
            ]
    return []


def _follow(batches: Sequence[StoredBatch], after: int) -> bool:
    """Whether these are the batches right after a position, none left out."""
    return bool(batches) and batches[0].seq == after + 1 and batches[-1].seq == after + len(batches)


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
