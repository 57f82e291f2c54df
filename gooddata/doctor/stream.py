"""The event log on NATS, where it is there."""

from collections.abc import AsyncIterator

import asyncpg

from gooddata.config import Settings
from gooddata.doctor.finding import Finding, fail, ok, warn
from gooddata.errors import GoodDataError
from gooddata.eventlog.jetstream.address import address_of, is_nats

MANY_MESSAGES = 10_000
_ARCHIVED = "SELECT archived FROM raw.stream WHERE epoch = $1"


async def stream(settings: Settings, raw_dsn: str | None) -> AsyncIterator[Finding]:
    name = "NATS"
    if not is_nats(settings.log):
        return
    from gooddata.eventlog.jetstream.stream import Stream

    try:
        found = await Stream.open(address_of(settings.log))
    except GoodDataError as failure:
        yield fail(name, str(failure), "start the servers that GOODDATA_LOG names, or correct it")
        return
    try:
        last = await found.last_seq()
        yield ok(name, f"the stream answers; it has {found.partitions} partitions, and its newest message is {last:,}")
        archived = await _archived(raw_dsn, found.epoch)
    except GoodDataError as failure:
        yield fail(name, str(failure), "see the servers' logs; two of three must be there")
        return
    finally:
        await found.close()
    if archived is None:
        yield warn("archive", "how far it is cannot be seen by this login", "run doctor with the archive's settings")
    elif last - archived > MANY_MESSAGES:
        yield warn(
            "archive", f"{last - archived:,} messages are not in the raw database", "see that gooddata archive runs"
        )
    else:
        yield ok("archive", f"{last - archived:,} messages are not in the raw database yet")


async def _archived(raw_dsn: str | None, epoch: int) -> int | None:
    if raw_dsn is None:
        return None
    try:
        connection = await asyncpg.connect(raw_dsn, timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError):
        return None
    try:
        archived: int | None = await connection.fetchval(_ARCHIVED, epoch)
        return archived
    except asyncpg.PostgresError:
        return None
    finally:
        connection.terminate()
