"""`gooddata project`: tracked sites and apps, their keys, and what of their traffic is left out."""

import asyncpg
import click

from gooddata.command_line import OWNERS, Commands, as_json, in_analytics, run, with_settings
from gooddata.commands.exclude import exclude
from gooddata.commands.holdout import holdout
from gooddata.commands.properties import properties
from gooddata.config import Settings
from gooddata.errors import InputError


@click.group(cls=Commands)
def project() -> None:
    """Make and list projects: each is one tracked site or app."""


@project.command("create")
@with_settings("data")
@click.argument("name")
@click.option("--goal", "goals", multiple=True, help="event that counts as a conversion  [default: Order Completed]")
@click.option("--json", "json_", is_flag=True)
def project_create(settings: Settings, name: str, goals: tuple[str, ...], json_: bool) -> None:
    """Make a project; its keys are shown this once."""
    from gooddata.persistence import projects

    async def create(connection: asyncpg.Connection) -> projects.Project:
        return await projects.create_project(connection, name, goals=goals or projects.DEFAULT_GOALS)

    made = run(in_analytics(settings, OWNERS, create))
    if json_:
        as_json(made)
    else:
        click.echo(f"project    {made.project}\nwrite key  {made.write_key}\nread key   {made.read_key}  (secret)")


@project.command("list")
@with_settings("data")
@click.option("--json", "json_", is_flag=True)
def project_list(settings: Settings, json_: bool) -> None:
    """List the projects."""
    from gooddata.persistence import projects

    found = run(in_analytics(settings, OWNERS, projects.list_projects))
    if json_:
        as_json(found)
    else:
        for row in found:
            click.echo(f"{row['project']:24} {row['name']:24} goals: {', '.join(row['goals'])}")


@project.command("rotate-key")
@with_settings("data")
@click.argument("name")
@click.option(
    "--keep", default="24h", show_default=True, help="how long former write keys are still taken: 0h, 30m, 7d"
)
@click.option("--json", "json_", is_flag=True)
def project_rotate_key(settings: Settings, name: str, keep: str, json_: bool) -> None:
    """Make a new write key for a project, and let the former ones expire. NAME may be the project's id, too."""
    from gooddata.persistence.kept_projects import keep_write_key
    from gooddata.persistence.rotate import Rotated, rotate_write_key
    from gooddata.persistence.span import span

    kept_for = span(keep)
    if kept_for is None:
        raise InputError("--keep takes a span as 30m, 24h, 7d, or 0h for none", "keep")

    async def rotate(connection: asyncpg.Connection) -> Rotated:
        return await rotate_write_key(connection, name, kept_for)

    made = run(in_analytics(settings, OWNERS, rotate))
    keep_write_key(settings.data, made.project, made.write_key)
    if json_:
        as_json(made)
    else:
        until = f"{made.former_until:%Y-%m-%d %H:%M:%S} UTC" if made.former_until else "there is none"
        click.echo(f"project     {made.project}\nwrite key   {made.write_key}\nformer keys are taken until {until}")


project.add_command(exclude)
project.add_command(properties)
project.add_command(holdout)
