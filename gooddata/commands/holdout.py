"""`gooddata project holdout`: the visitors to whose browsers nothing is told."""

from typing import Any

import click

from gooddata.command_line import OWNERS, as_json, in_analytics, run, with_settings
from gooddata.config import Settings


@click.command()
@with_settings("data")
@click.argument("project")
@click.argument("share", type=float, required=False)
@click.option("--json", "json_", is_flag=True)
def holdout(settings: Settings, project: str, share: float | None, json_: bool) -> None:
    """Show, or set, the SHARE of PROJECT's visitors (0 to 0.5) who get no scores and no recommendations.

    They are scored and counted as all others are; `GET /api/feedback` tells what acting on scores brings against them.
    """
    from gooddata.persistence.holdout import put_share, share_of

    async def change(connection: Any) -> float:
        if share is not None:
            await put_share(connection, project, share)
        return await share_of(connection, project)

    now = run(in_analytics(settings, OWNERS, change))
    if json_:
        as_json({"project": project, "share": now})
    else:
        click.echo(f"{now:.1%} of the visitors of {project} are held out")
