"""`gooddata project exclude`: which traffic is a project's own, and not counted."""

from typing import Any

import click

from gooddata.command_line import OWNERS, as_json, in_analytics, run, with_settings
from gooddata.config import Settings
from gooddata.errors import InputError


@click.command()
@with_settings("data")
@click.argument("project")
@click.option("--ip", multiple=True, help="requests from this address or network, as 203.0.113.7 or 203.0.113.0/24")
@click.option("--user-agent", multiple=True, help="requests and events whose user agent contains this text")
@click.option("--user", multiple=True, help="events of this user")
@click.option("--property", "property", multiple=True, help="events with this property, as environment=staging")
@click.option("--trait", multiple=True, help="events with this trait of the user, as employee=true")
@click.option("--email-domain", multiple=True, help="events whose user, or trait email, is at this domain")
@click.option("--remove", is_flag=True, help="take the exclusions given out of force")
@click.option("--list", "list_", is_flag=True, help="show what is excluded")
@click.option("--json", "json_", is_flag=True, help="show it as JSON")
def exclude(settings: Settings, project: str, remove: bool, list_: bool, json_: bool, **given: tuple[str, ...]) -> None:
    """Leave PROJECT's own traffic out: what matches is dropped, and counted as own_traffic in the ledger.

    Each option may be given several times; an event is dropped when one of them matches. Exclusions look at the event
    and its request alone: an event that carries no trait and no user is not known to be a colleague's.
    """
    from gooddata.ingestion import limits
    from gooddata.ingestion.rules.exclusions import checked
    from gooddata.persistence.project_rules import add_exclusions, exclusions_of, remove_exclusions

    wanted = [checked(kind, value) for kind, values in given.items() for value in values]
    if not wanted and not list_:
        raise InputError("name what to exclude, as --ip 203.0.113.7, or see what is excluded with --list")

    async def change(connection: Any) -> list[dict[str, Any]]:
        if remove:
            await remove_exclusions(connection, project, wanted)
        else:
            await add_exclusions(connection, project, wanted, limits.EXCLUSIONS)
        return await exclusions_of(connection, project)

    found = run(in_analytics(settings, OWNERS, change))
    if json_:
        as_json(found)
        return
    for row in found:
        click.echo(f"{row['kind']:14} {row['value']}")
    if not found:
        click.echo(f"{project} excludes nothing", err=True)
