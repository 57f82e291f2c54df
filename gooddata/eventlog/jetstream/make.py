"""Makes the stream. It begins with what is known of the time before: who was erased, and what must not count twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from gooddata.errors import ConfigurationError
from gooddata.eventlog.batch import Append, NewBatch
from gooddata.eventlog.jetstream.address import Address
from gooddata.eventlog.jetstream.erase import TOMBSTONES_AT_ONCE
from gooddata.eventlog.jetstream.log import JetStreamLog
from gooddata.eventlog.jetstream.stream import Stream
from gooddata.persistence.erasure.log import tombstones_after
from gooddata.sql import statement

MOST_PARTITIONS = 512  # an erasure tells all of them at once, and the server stores no more than 1,000 messages so

_LOCK = 7013046025
_IDENTITIES = statement(__package__, "identities_since")


async def make_stream(address: Address, raw_dsn: str, analytics_dsn: str, window: timedelta) -> None:
    """Makes the stream where there is none. The DSNs are the owner's.

    Raises ConfigurationError when a server does not answer, or refuses, and while workers have not been through what
    the raw database holds: they go on with the stream.
    """
    connection = await asyncpg.connect(raw_dsn)
    stream = await Stream.connect(address)
    try:
        # Until the connection ends: one at a time.
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        if await stream.is_made():
            return
        partitions = await connection.fetchval("SELECT count(*) FROM raw.partition")
        if partitions > MOST_PARTITIONS:
            raise ConfigurationError(
                f"a log on NATS has {MOST_PARTITIONS} partitions at most, and this has {partitions}"
            )
        await _require_applied(connection, analytics_dsn)
        epoch = await connection.fetchval("INSERT INTO raw.stream DEFAULT VALUES RETURNING epoch")
        await stream.make(epoch, partitions)
        await _fill(JetStreamLog(stream), connection, window)
        await stream.finish()
    finally:
        await stream.close()
        await connection.close()


async def _require_applied(raw: Any, analytics_dsn: str) -> None:
    analytics = await asyncpg.connect(analytics_dsn)
    try:
        applied = dict(await analytics.fetch("SELECT partition, seq FROM analytics.cursor"))
    finally:
        await analytics.close()
    heads = await raw.fetch("SELECT partition, head FROM raw.partition")
    if any(head > applied.get(partition, 0) for partition, head in heads):
        raise ConfigurationError(
            "the raw database holds events that workers have not been through, and on NATS they would not look for "
            "them there: let gooddata work run without GOODDATA_LOG until the page Pipeline shows no partition behind"
        )


async def _fill(log: JetStreamLog, connection: Any, window: timedelta) -> None:
    """What raw holds of the window goes into the stream as identities without events."""
    of_projects: dict[str, list[Any]] = {}
    for _, project, tombstone in await tombstones_after(connection, 0):
        of_projects.setdefault(project, []).append(tombstone)
    for project, tombstones in of_projects.items():
        for start in range(0, len(tombstones), TOMBSTONES_AT_ONCE):
            await log.put_tombstones(project, tombstones[start : start + TOMBSTONES_AT_ONCE])
    heads = await log.heads()
    async with connection.transaction():
        async for partition, received_at, fingerprints in connection.cursor(_IDENTITIES, datetime.now(UTC) - window):
            known = NewBatch(partition, 0, fingerprints, [], b"[]")
            heads |= await log.append(Append(received_at, [known], {}), heads)
