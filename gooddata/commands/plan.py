"""`gooddata plan`: which events of a project are planned, and how they look."""

import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from gooddata.command_line import OWNERS, Commands, as_json, in_analytics, located, run, with_settings
from gooddata.config import Settings


@click.group(cls=Commands)
def plan() -> None:
    """Set and show a project's tracking plan: a JSON Schema for each event."""


@plan.command("set")
@with_settings("data")
@click.argument("project")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option(
    "--mode",
    type=click.Choice(["warn", "enforce"]),
    help="in place of the file's mode: warn stores events that do not fit and counts them, enforce rejects them",
)
def set_(settings: Settings, project: str, file: Path, mode: str | None) -> None:
    """Check the plan in FILE and put it in force for PROJECT, in place of the former one.

    FILE is JSON, - for standard input: {"mode": "warn", "unplanned": "allow", "events": {"Order Completed": {...}},
    "types": {"identify": {...}}}. Each schema is held against the event's properties, or its traits. With "unplanned":
    "reject", events that the plan does not name do not fit either.
    """
    from gooddata.ingestion.rules.plan import read_plan
    from gooddata.persistence.project_rules import set_plan

    checked = read_plan(sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes())
    checked = msgspec.structs.replace(checked, mode=mode or checked.mode)

    async def put(connection: Any) -> None:
        await set_plan(connection, project, msgspec.json.encode(checked))

    run(in_analytics(settings, OWNERS, put))
    planned = len(checked.events) + len(checked.types)
    click.echo(f"the plan of {project} names {planned} events, mode {checked.mode}, unplanned: {checked.unplanned}")
    click.echo("it is in force within seconds")


@plan.command("show")
@with_settings("data")
@click.argument("project")
def show(settings: Settings, project: str) -> None:
    """Print the plan of PROJECT as JSON, as plan set takes it; null where it has none."""
    from gooddata.persistence.project_rules import plan_of

    async def read(connection: Any) -> bytes | None:
        return await plan_of(connection, project)

    found = run(in_analytics(settings, OWNERS, read))
    click.echo(msgspec.json.format(found or b"null", indent=2).decode())


@plan.command("remove")
@with_settings("data")
@click.argument("project")
def remove(settings: Settings, project: str) -> None:
    """Take the plan of PROJECT out of force."""
    from gooddata.persistence.project_rules import remove_plan

    async def take(connection: Any) -> bool:
        return await remove_plan(connection, project)

    was = run(in_analytics(settings, OWNERS, take))
    click.echo(f"{project} has no tracking plan now" if was else f"{project} had no tracking plan")


@plan.command("violations")
@with_settings("data")
@click.argument("project")
@click.option("--since", default="7d", show_default=True, help="from that day on: ISO 8601, or a span as 7d")
@click.option("--json", "json_", is_flag=True)
def violations(settings: Settings, project: str, since: str, json_: bool) -> None:
    """List how events of PROJECT differed from its plan, the most frequent first."""
    from gooddata.persistence.operator import operating
    from gooddata.persistence.raw_events import since_moment
    from gooddata.persistence.rejections import plan_violations

    raw_dsn, _ = located(settings).require_dsns()

    async def read() -> list[dict[str, Any]]:
        async with operating(raw_dsn) as connection:
            return await plan_violations(connection, project, since_moment(since))

    found = run(read())
    if json_:
        as_json(found)
        return
    for row in found:
        click.echo(f"{row['events']:>10,}  {row['outcome']:8}  {row['event']}  {row['field']}: {row['message']}")
    if not found:
        click.echo("no violations", err=True)
