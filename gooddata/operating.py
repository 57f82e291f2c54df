"""What is done to people's events as the operator, for commands and for the dashboard alike."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import asyncpg

from gooddata.client import ApiError, Client
from gooddata.config import Settings
from gooddata.errors import ConfigurationError
from gooddata.eventlog.jetstream.address import address_of, is_nats
from gooddata.intelligence.moments import use_milliseconds
from gooddata.persistence.erasure.kept import KeptTombstones
from gooddata.persistence.operator import ROLE, audit, operating
from gooddata.persistence.pool import open_connection
from gooddata.persistence.projects import make_import_key
from gooddata.persistence.pseudonym import Pseudonyms
from gooddata.replay.rejected import ReplayedRejections, replay_rejected


@asynccontextmanager
async def both_databases(settings: Settings) -> AsyncIterator[tuple[Any, Any, Any]]:
    """Connections of the operator's to both databases, and what makes keyed hashes of people.

    Raises ConfigurationError when a database does not answer, or the key of the hashes is not at hand.
    """
    raw_dsn, analytics_dsn = settings.require_dsns()
    pseudonyms = Pseudonyms(settings.known_secret_bytes())
    async with operating(raw_dsn) as raw:
        analytics = await open_connection(analytics_dsn, ROLE)
        try:
            await use_milliseconds(analytics)
            yield raw, analytics, pseudonyms
        except (OSError, asyncpg.PostgresConnectionError) as failure:
            raise ConfigurationError(f"a database went away ({failure}); do it again") from None
        finally:
            await analytics.close()


@asynccontextmanager
async def stream_of(settings: Settings, raw: Any, analytics: Any) -> AsyncIterator[Any]:
    """By what to erase in the event log's stream; None where the log is in the raw database itself."""
    if not is_nats(settings.log):
        yield None
        return
    from gooddata.eventlog.jetstream.erase import StreamErasure
    from gooddata.eventlog.jetstream.log import JetStreamLog

    log = await JetStreamLog.open(address_of(settings.log))
    try:
        yield StreamErasure(log, raw, analytics)
    finally:
        await log.close()


def kept_tombstones(settings: Settings) -> KeptTombstones:
    return KeptTombstones(settings.data / "tombstones.ndjson")


async def erase_person(settings: Settings, project: str, *, visitor: str | None, user: str | None) -> Any:
    """Erases a visitor, or a user with all visitors that are theirs, everywhere; the receipt."""
    from gooddata.intelligence.erasure.everywhere import erase

    async with both_databases(settings) as (raw, analytics, pseudonyms), stream_of(settings, raw, analytics) as stream:
        kept = kept_tombstones(settings)
        return await erase(raw, analytics, pseudonyms, kept, project, visitor=visitor, user=user, stream=stream)


async def held_of_person(
    settings: Settings, project: str, *, visitor: str | None, user: str | None
) -> AsyncIterator[dict[str, Any]]:
    """All that is held of a person: `{"table", "row"}` for each row."""
    from gooddata.intelligence.erasure.export import held_of

    async with both_databases(settings) as (raw, analytics, pseudonyms):
        async for table, row in held_of(raw, analytics, pseudonyms, project, visitor=visitor, user=user):
            yield {"table": table, "row": row}


async def replay_again(
    settings: Settings,
    url: str,
    project: str,
    reason: str | None = None,
    since: datetime | None = None,
    on_progress: Callable[[ReplayedRejections], None] | None = None,
) -> tuple[ReplayedRejections, str | None]:
    """Sends rejected events of a project again to the API at `url`, with an import key made for it; the report, and
    what the API said where it refused to go on."""
    raw_dsn, analytics_dsn = settings.require_dsns()
    analytics = await open_connection(analytics_dsn, ROLE)
    try:
        key = await make_import_key(analytics, project)
    finally:
        await analytics.close()
    report = ReplayedRejections()
    async with operating(raw_dsn) as connection:
        await audit(connection, "replay rejected", project, detail={"reason": reason})
        try:
            async with Client(url, key) as client:
                await replay_rejected(connection, client, report, project, reason, since, on_progress)
        except ApiError as refusal:
            return report, str(refusal)
    return report, None
