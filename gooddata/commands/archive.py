"""`gooddata archive`: from the stream on NATS to the raw database."""

import asyncio

import click

from gooddata.command_line import SEEN, located, run, stop_requested, with_settings
from gooddata.config import Settings
from gooddata.errors import ConfigurationError


@click.command()
@with_settings("data", "dedup_window_hours", *SEEN)
def archive(settings: Settings) -> None:
    """Move events from NATS JetStream to the raw database: the archive role, where the event log is on NATS.

    Start two, and one goes on when the other ends.
    """
    from gooddata.eventlog.jetstream.address import is_nats

    if not is_nats(settings.log):
        raise ConfigurationError(
            "the event log is in the raw database itself, and nothing is to be moved there; an archive is for "
            "GOODDATA_LOG=nats://..."
        )
    run(_archive(located(settings)))


async def _archive(settings: Settings) -> None:
    from gooddata.eventlog.jetstream.address import address_of
    from gooddata.eventlog.jetstream.archive import run as keep_moving
    from gooddata.eventlog.jetstream.archive_numbers import Archived
    from gooddata.eventlog.jetstream.log import JetStreamLog
    from gooddata.inside.process import inside_of

    raw_dsn, analytics_dsn = settings.require_dsns()
    stop: asyncio.Event = stop_requested()
    async with inside_of(settings, "archive") as inside:
        archived = Archived()
        inside.metrics.add("archive", archived.samples)
        inside.metrics.add("stream", archived.behind, every=0.5)
        log = await JetStreamLog.open(address_of(settings.log))
        try:
            await keep_moving(log, raw_dsn, analytics_dsn, settings.dedup_window, stop, archived)
        finally:
            await log.close()
