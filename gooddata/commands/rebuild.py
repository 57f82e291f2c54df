"""`gooddata rebuild`: analytics once more, out of the log."""

from datetime import UTC, datetime
from typing import Any

import click

from gooddata.command_line import as_json, located, run, with_settings
from gooddata.config import Settings


@click.command()
@with_settings("data")
@click.option("--since", required=True, help="from then on: ISO 8601, or a span as 2h or 7d")
@click.option("--project", help="only this project")
@click.option("--json", "json_", is_flag=True, help="print what was done as JSON")
def rebuild(settings: Settings, since: str, project: str | None, json_: bool) -> None:
    """Take away the sessions, scores and counts of a time and work them out again from the raw events.

    Events go on being taken in meanwhile; workers wait, and then go on where they were.
    """
    from gooddata.persistence.raw_events import since_moment

    moment = since_moment(since)
    assert moment is not None
    rebuilt = run(_rebuild(located(settings), moment, project))
    if json_:
        as_json(rebuilt)
        return
    at = datetime.fromtimestamp(rebuilt.since / 1_000, UTC)
    click.echo(
        f"{rebuilt.events:,} events in {rebuilt.sessions:,} sessions were counted anew, from {at:%Y-%m-%d %H:%M} UTC on"
    )
    if rebuilt.unreadable:
        click.echo(f"{rebuilt.unreadable:,} events could not be read, as before", err=True)


async def _rebuild(settings: Settings, since: datetime, project: str | None) -> Any:
    from gooddata.eventlog.postgres import PostgresLog
    from gooddata.intelligence.moments import use_milliseconds
    from gooddata.intelligence.rebuild import rebuild as anew
    from gooddata.intelligence.worker import ROLE
    from gooddata.persistence.pool import open_pool
    from gooddata.persistence.pseudonym import Pseudonyms

    raw_dsn, analytics_dsn = settings.require_dsns()
    pseudonyms = Pseudonyms(settings.known_secret_bytes())
    log = await PostgresLog.open(raw_dsn, ROLE)
    pool = await open_pool(analytics_dsn, ROLE, size=2)
    try:
        async with pool.acquire() as connection:
            await use_milliseconds(connection)
            return await anew(log, connection, pool, pseudonyms, since, project)
    finally:
        pool.terminate()
        await log.close()
