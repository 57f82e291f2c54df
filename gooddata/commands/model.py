"""`gooddata model`: what is known of a project's models."""

import click

from gooddata.command_line import OWNERS, in_analytics, run, with_settings
from gooddata.config import Settings
from gooddata.errors import InputError


@click.group()
def model() -> None:
    """What is known of a project's models."""


@model.command()
@with_settings("data")
@click.argument("task")
@click.option("--project", required=True)
@click.option("--version", type=int, help="which version  [default: the one in use]")
def card(settings: Settings, task: str, project: str, version: int | None) -> None:
    """Print the card of the model of TASK (conversion, leave_30s, leave_page, return_7d, churn_30d) as Markdown: what
    it has learned from, what it goes by, how good it is, why it is in use or is not."""
    from gooddata.serving.models import model_card

    text = run(in_analytics(settings, OWNERS, lambda connection: model_card(connection, project, task, version)))
    if text is None:
        which = "model" if version is None else f"version {version}"
        raise InputError(f"there is no {which} of {task!r} in project {project!r}", "task")
    click.echo(text, nl=False)
