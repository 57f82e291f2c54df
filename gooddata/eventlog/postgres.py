"""The event log in PostgreSQL: one row a batch, a row lock as the partition's turn."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Self

import asyncpg

from gooddata.errors import ConfigurationError, LogUnavailable
from gooddata.eventlog.batch import Identities, NewBatch, Rejection, StoredBatch
from gooddata.persistence.pool import open_pool
from gooddata.sql import statement

APPENDED = "gooddata_batch"

_TAKE_TURN = statement(__package__, "take_turn")
_MISSED = statement(__package__, "missed_identities")
_APPEND = statement(__package__, "append")
_COUNT = statement(__package__, "count_in_ledger")
_KEEP = statement(__package__, "keep_rejections")
_READ = statement(__package__, "read")

# What PostgreSQL and the network raise when the server is away, going away or not yet ready. asyncpg raises
# InternalClientError when a connection breaks, or a task is cancelled, in the midst of a statement.
UNAVAILABLE = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InternalClientError,
    ConfigurationError,
)

LedgerKey = tuple[str, datetime, str, str]


class Turn:
    """The right to append to some partitions, held until the transaction around it ends."""

    def __init__(self, connection: Any, heads: dict[int, int]) -> None:
        self._connection = connection
        self.heads = heads

    async def missed(self, partition: int, after: int, since: datetime) -> list[Identities]:
        """The identities in batches of `partition` after position `after`, received at `since` or later."""
        rows = await self._connection.fetch(_MISSED, partition, after, since)
        return [Identities(*row) for row in rows]

    async def append(self, batches: Sequence[NewBatch], received_at: datetime) -> None:
        """Appends one batch to each of some of the turn's partitions."""
        for batch in batches:
            self.heads[batch.partition] += 1
        await self._connection.execute(
            _APPEND,
            [batch.partition for batch in batches],
            [self.heads[batch.partition] for batch in batches],
            received_at,
            [batch.events for batch in batches],
            [batch.fingerprints for batch in batches],
            [",".join(map(str, batch.visitors)) for batch in batches],
            [batch.body for batch in batches],
        )
        await self._connection.execute(f"NOTIFY {APPENDED}")

    async def count(self, ledger: Mapping[LedgerKey, int]) -> None:
        """Adds counts, by (project, hour, outcome, reason), to the ledger."""
        rows = sorted((*key, events) for key, events in ledger.items())
        if rows:
            await self._connection.execute(_COUNT, *(list(column) for column in zip(*rows, strict=True)))

    async def keep(self, rejections: Sequence[Rejection], received_at: datetime, quota: int) -> None:
        """Keeps what was refused, up to `quota` bytes a project and day."""
        if rejections:
            rows = [(r.project, r.event_id, r.field, r.reason, r.body, r.context) for r in rejections]
            columns = (list(column) for column in zip(*rows, strict=True))
            await self._connection.execute(_KEEP, received_at, *columns, quota)


class PostgresLog:
    """Open with `await PostgresLog.open(dsn, role)`; every method raises LogUnavailable while the server is away."""

    def __init__(self, dsn: str, pool: asyncpg.Pool, partitions: int) -> None:
        self.partitions = partitions
        self._dsn = dsn
        self._pool = pool
        self._listener: asyncpg.Connection | None = None
        self._appended = asyncio.Event()

    @classmethod
    async def open(cls, dsn: str, role: str, *, size: int = 4) -> Self:
        """Raises ConfigurationError when the database is not there or holds no log."""
        pool = await open_pool(dsn, role, size=size)
        try:
            partitions = await pool.fetchval("SELECT count(*) FROM raw.partition")
        except asyncpg.UndefinedTableError:
            await pool.close()
            raise ConfigurationError("the raw database holds no event log; run: gooddata migrate") from None
        return cls(dsn, pool, partitions)

    async def close(self) -> None:
        if self._listener is not None:
            self._listener.terminate()
        self._pool.terminate()

    @asynccontextmanager
    async def turn(self, partitions: Collection[int]) -> AsyncIterator[Turn]:
        """A transaction that holds the turn of `partitions`; leaving it commits, durably, or raises."""
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                rows = await connection.fetch(_TAKE_TURN, sorted(partitions))
                yield Turn(connection, {row["partition"]: row["head"] for row in rows})
        except UNAVAILABLE as failure:
            raise LogUnavailable(f"the event log cannot be written: {failure}") from failure

    async def read(self, partition: int, after: int, limit: int = 16) -> list[StoredBatch]:
        """Up to `limit` batches of `partition` that follow position `after`, in order, none skipped."""
        try:
            return [StoredBatch(*row) for row in await self._pool.fetch(_READ, partition, after, limit)]
        except UNAVAILABLE as failure:
            raise LogUnavailable(f"the event log cannot be read: {failure}") from failure

    async def heads(self) -> dict[int, int]:
        """The position of the newest batch of every partition; 0 where there is none."""
        try:
            return {row["partition"]: row["head"] for row in await self._pool.fetch("TABLE raw.partition")}
        except UNAVAILABLE as failure:
            raise LogUnavailable(f"the event log cannot be read: {failure}") from failure

    async def wait(self, timeout: float) -> None:
        """Returns when a batch may have been appended since the last call, or after `timeout` seconds."""
        try:
            if self._listener is None or self._listener.is_closed():
                self._listener = await asyncpg.connect(self._dsn, server_settings={"application_name": APPENDED})
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
