"""`gooddata rejected`: what was refused, why, and sending it again after a fix."""

import sys
from datetime import datetime

import click

from gooddata.command_line import FAILED, Commands, as_json, located, run, running_url, with_settings
from gooddata.config import Settings


@click.group(cls=Commands)
def rejected() -> None:
    """List rejected events, and send them again after a fix."""


@rejected.command("list")
@with_settings("data")
@click.option("--project", help="only this project")
@click.option("--reason", help="only this reason, as too_old or tracking_plan")
@click.option("--since", help="only what was received since then: ISO 8601, or a span as 2h or 7d")
@click.option("--replayed", is_flag=True, help="with those that have been sent again and taken in")
@click.option("--limit", default=100, show_default=True, help="at most so many, the newest")
@click.option("--json", "json_", is_flag=True, help="every field, with the event as it was received")
def list_(
    settings: Settings,
    project: str | None,
    reason: str | None,
    since: str | None,
    replayed: bool,
    limit: int,
    json_: bool,
) -> None:
    """Show rejected events, newest last."""
    from gooddata.persistence.operator import audit, operating
    from gooddata.persistence.raw_events import since_moment
    from gooddata.persistence.rejections import KeptRejection, newest_rejections

    raw_dsn, _ = located(settings).require_dsns()

    async def read(moment: datetime | None) -> list[KeptRejection]:
        async with operating(raw_dsn) as connection:
            await audit(connection, "read rejected", project, detail={"reason": reason})
            return await newest_rejections(connection, project, reason, moment, replayed, limit)

    found = run(read(since_moment(since)))
    if json_:
        as_json([kept.shown() for kept in found])
        return
    for kept in found:
        cut = "" if kept.is_whole() else "  (kept in part, or no JSON: cannot be replayed)"
        at = f"{kept.received_at:%Y-%m-%d %H:%M:%S}"
        click.echo(f"{at}  {kept.project:20}  {kept.reason:18}  {kept.field or '':24}  {kept.event_id or ''}{cut}")


@rejected.command("replay")
@with_settings("data")
@click.option("--project", required=True, help="the project whose events are sent again")
@click.option("--reason", help="only those refused for this reason")
@click.option("--since", help="only what was received since then: ISO 8601, or a span as 2h or 7d")
@click.option("--url", help="where GoodData answers  [default: the one that runs on the data folder]")
@click.option("--json", "json_", is_flag=True, help="print the report as JSON")
def replay(
    settings: Settings, project: str, reason: str | None, since: str | None, url: str | None, json_: bool
) -> None:
    """Send rejected events again, after what was wrong with them, or with the plan, has been put right.

    They go through the HTTP API as an import, under their own ids and with their own times. What is taken in is not
    offered again; what is refused stays, with its new reason.
    """
    from gooddata.operating import replay_again
    from gooddata.persistence.raw_events import since_moment
    from gooddata.replay.rejected import ReplayedRejections

    def show(report: ReplayedRejections) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{report.offered:,} sent again", nl=False, err=True)

    address = url or running_url(settings)
    report, stopped = run(replay_again(located(settings), address, project, reason, since_moment(since), show))
    if sys.stderr.isatty():
        click.echo(err=True)
    if json_:
        as_json(report)
    else:
        click.echo(str(report))
    if stopped:
        click.echo(f"gooddata: {stopped}", err=True)
        sys.exit(FAILED)
