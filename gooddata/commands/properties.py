"""`gooddata project properties`: which properties of events go on to analytics."""

from typing import Any

import click

from gooddata.command_line import OWNERS, as_json, in_analytics, run, with_settings
from gooddata.config import Settings
from gooddata.errors import InputError


@click.command()
@with_settings("data")
@click.argument("project")
@click.option("--allow", multiple=True, help="let properties of this name go on to analytics")
@click.option("--deny", multiple=True, help="let them go on no longer")
@click.option("--list", "list_", is_flag=True, help="show which ones do")
@click.option("--json", "json_", is_flag=True, help="show them as JSON")
def properties(
    settings: Settings, project: str, allow: tuple[str, ...], deny: tuple[str, ...], list_: bool, json_: bool
) -> None:
    """Let properties of PROJECT's events go on to analytics, by name. Without it none does.

    Each option may be given several times. Texts, numbers and booleans go on, without what looks like an e-mail
    address, a telephone, a card, a token; traits never do. It holds for events that workers read from then on; for
    those before, run gooddata rebuild.
    """
    from gooddata.persistence.project_rules import allow_properties, allowed_properties, deny_properties

    if not (allow or deny or list_):
        raise InputError("name what to allow, as --allow size, or see what is allowed with --list")

    async def change(connection: Any) -> list[str]:
        async with connection.transaction():
            await deny_properties(connection, project, list(deny))
            await allow_properties(connection, project, list(allow))
        return await allowed_properties(connection, project)

    found = run(in_analytics(settings, OWNERS, change))
    if json_:
        as_json(found)
        return
    for name in found:
        click.echo(name)
    if not found:
        click.echo(f"{project} lets no property go on to analytics", err=True)
