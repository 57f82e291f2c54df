"""`gooddata alert`: what is being watched, and whether messages arrive."""

import sys
from typing import Any
from uuid import UUID

import click

from gooddata.command_line import FAILED, OWNERS, as_json, in_analytics, run, with_settings
from gooddata.config import Settings


@click.group()
def alert() -> None:
    """See which alerts there are and how they stand; try out where they go."""


@alert.command("list")
@with_settings("data")
@click.option("--project", "project_", help="only this project")
@click.option("--json", "json_", is_flag=True)
def list_(settings: Settings, project_: str | None, json_: bool) -> None:
    """Show every rule with how it stands, and every destination."""
    from gooddata.persistence.projects import require_project
    from gooddata.serving.alerts.destinations import list_destinations
    from gooddata.serving.alerts.rules import list_rules

    async def read(connection: Any) -> dict[str, Any]:
        if project_ is not None:
            await require_project(connection, project_)
        return {
            "rules": await list_rules(connection, project_),
            "destinations": await list_destinations(connection, project_),
        }

    told = run(in_analytics(settings, OWNERS, read))
    if json_:
        as_json(told)
        return
    for rule in told["rules"]:
        click.echo(f"{rule['project']}  {rule['state']:8}  {rule['name']}: when {rule['in_words']}")
    for destination in told["destinations"]:
        click.echo(
            f"{destination['project']}  {destination['kind']:8}  {destination['name']}: {destination['target']}"
            f"  {destination['destination']}"
        )
    if not told["rules"] and not told["destinations"]:
        click.echo("there are no alerts; make them in the dashboard, on the page Alerts")


@alert.command()
@with_settings("data", "smtp_from", "webhook_private")
@click.option("--project", "project_", required=True)
@click.option("--json", "json_", is_flag=True)
@click.argument("destination", type=click.UUID)
def test(settings: Settings, project_: str, json_: bool, destination: UUID) -> None:
    """Send a test to DESTINATION, an id as the list shows it, and tell what came of it."""
    from gooddata.errors import InputError
    from gooddata.serving.alerts.destinations import send_test
    from gooddata.serving.alerts.outbox import means_of

    means = means_of(settings, settings.known_secret_bytes())

    async def send(connection: Any) -> dict[str, Any] | None:
        return await send_test(connection, means, project_, destination)

    told = run(in_analytics(settings, OWNERS, send))
    if told is None:
        raise InputError(
            f"there is no destination {destination} in {project_}; see: gooddata alert list", "destination"
        )
    if json_:
        as_json(told)
    else:
        click.echo(("delivered: " if told["delivered"] else "not delivered: ") + told["answer"])
    if not told["delivered"]:
        sys.exit(FAILED)
