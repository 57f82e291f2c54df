"""`gooddata events`: a look at raw events, written down in the audit table."""

from typing import Any

import asyncpg
import click

from gooddata.command_line import as_json, located, run, with_settings
from gooddata.config import Settings
from gooddata.errors import ConfigurationError


@click.command()
@with_settings("data")
@click.option("--project", help="only this project")
@click.option("--visitor", help="only this visitor")
@click.option("--user", help="only this user")
@click.option("--type", "type_", help="only this type, as track or page")
@click.option("--name", help="only events of this name")
@click.option("--since", help="only events received since then: ISO 8601, or a span as 2h or 7d")
@click.option("--limit", default=100, show_default=True, help="at most so many, the newest")
@click.option("--follow", "-f", is_flag=True, help="then show events as they come in, until Ctrl-C")
@click.option("--json", "json_", is_flag=True, help="NDJSON, every field")
def events(
    settings: Settings,
    project: str | None,
    visitor: str | None,
    user: str | None,
    type_: str | None,
    name: str | None,
    since: str | None,
    limit: int,
    follow: bool,
    json_: bool,
) -> None:
    """Show raw events, newest last."""
    from gooddata.persistence.raw_events import Wanted, since_moment

    settings = located(settings)
    raw_dsn, _ = settings.require_dsns()
    wanted = Wanted(project, visitor, user, type_, name, since_moment(since))
    subject = _subject(settings, wanted)
    run(_show(raw_dsn, wanted, subject, limit, follow, json_))


def _subject(settings: Settings, wanted: Any) -> Any:
    """Whose events are looked at, as a keyed hash, where that is one person's and the key is at hand."""
    from gooddata.persistence.pseudonym import Pseudonyms

    if wanted.project is None or (wanted.visitor is None and wanted.user is None):
        return None
    try:
        pseudonyms = Pseudonyms(settings.known_secret_bytes())
    except ConfigurationError:
        return None
    if wanted.visitor is not None:
        return pseudonyms.visitor(wanted.project, wanted.visitor)
    return pseudonyms.user(wanted.project, wanted.user)


async def _show(raw_dsn: str, wanted: Any, subject: Any, limit: int, follow: bool, json_: bool) -> None:
    from gooddata.persistence.operator import audit, operating
    from gooddata.persistence.raw_events import events_as_they_come, log_heads, newest_events

    asked = {name: str(value) for name in ("type", "name", "since") if (value := getattr(wanted, name)) is not None}
    try:
        async with operating(raw_dsn) as connection:
            await audit(connection, "read events", wanted.project, subject, asked)
            heads = await log_heads(connection)
            for row in await newest_events(connection, wanted, limit, heads):
                _tell(row, json_)
            if follow:
                async for row in events_as_they_come(connection, wanted, heads):
                    _tell(row, json_)
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError) as failure:
        raise ConfigurationError(f"the raw database went away ({failure})") from None


def _tell(row: Any, json_: bool) -> None:
    from gooddata.persistence.raw_events import table_line

    if json_:
        as_json(row)
    else:
        click.echo(table_line(row))
