"""`gooddata move`: analytics on another server."""

import click

from gooddata.command_line import as_json, located, run, with_settings
from gooddata.config import Settings
from gooddata.errors import ConfigurationError


@click.command()
@with_settings("data")
@click.option("--json", "json_", is_flag=True, help="print the rows by table as JSON")
def move(settings: Settings, json_: bool) -> None:
    """Copy the analytics database, projects and keys included, to the one that GOODDATA_NEW_ANALYTICS_DSN names.

    That one is made if it does not exist, and gets hypertables where its server has TimescaleDB. All is
    copied as of one moment, and everything goes on meanwhile. Afterwards start everything with GOODDATA_ANALYTICS_DSN
    set to it: workers go on from that moment.
    """
    from gooddata.persistence.move import move_analytics

    _, analytics_dsn = located(settings).require_dsns()
    if not settings.new_analytics_dsn:
        raise ConfigurationError("say where analytics is to go, with its owner's login: set GOODDATA_NEW_ANALYTICS_DSN")
    moved = run(move_analytics(analytics_dsn, settings.new_analytics_dsn, lambda text: click.echo(text, err=True)))
    if json_:
        as_json(moved)
    else:
        click.echo(
            f"{sum(moved.values()):,} rows are there. Start everything with GOODDATA_ANALYTICS_DSN set to it now: what "
            "projects and keys become in the former database does not follow"
        )
