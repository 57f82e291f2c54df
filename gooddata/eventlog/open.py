"""Makes and opens the event log that the settings name."""

from datetime import timedelta

from gooddata.eventlog.jetstream.address import address_of, is_nats
from gooddata.eventlog.log import EventLog
from gooddata.eventlog.postgres import PostgresLog


async def open_log(log: str, raw_dsn: str, role: str, *, size: int = 4) -> EventLog:
    """The log that the setting `log` names; `role` is the one to take in the raw database.

    Raises ConfigurationError when it does not answer, or is not made yet.
    """
    if not is_nats(log):
        return await PostgresLog.open(raw_dsn, role, size=size)
    # Only who has the log there needs the client.
    from gooddata.eventlog.jetstream.log import JetStreamLog

    return await JetStreamLog.open(address_of(log))


async def make_log(log: str, raw_dsn: str, analytics_dsn: str, window: timedelta) -> None:
    """Makes what the log needs beside the databases, which are there; what is there stays as it is."""
    if is_nats(log):
        from gooddata.eventlog.jetstream.make import make_stream

        await make_stream(address_of(log), raw_dsn, analytics_dsn, window)
