"""`gooddata identity`: who is who, and the owner's decisions on it."""

import getpass
from collections.abc import Callable, Coroutine
from typing import Any

import asyncpg
import click

from gooddata.command_line import OPERATORS, Commands, as_json, in_analytics, run, with_settings
from gooddata.config import Settings
from gooddata.errors import InputError


@click.group(cls=Commands)
def identity() -> None:
    """Show who is who, and undo or decide what was joined. People are named by id, or as pseudonym:UUID."""


def _decision(command: Callable[..., None]) -> Callable[..., None]:
    """Options that every decision on identities has: of which project, by whom, why."""
    for option in (
        click.option("--json", "json_", is_flag=True),
        click.option("--by", default=getpass.getuser, show_default="your login name", help="who decides"),
        click.option("--reason", help="why, kept with the decision"),
        click.option("--project", "project_", required=True),
        with_settings("data"),
    ):
        command = option(command)
    return command


@identity.command("show")
@with_settings("data")
@click.option("--project", "project_", required=True)
@click.option("--user", help="the person that this user is")
@click.option("--visitor", help="whose this visitor is, from when to when")
@click.option("--json", "json_", is_flag=True)
def identity_show(settings: Settings, project_: str, user: str | None, visitor: str | None, json_: bool) -> None:
    """Show a user's person, whose a visitor is, or, with neither, a project in figures."""
    from gooddata.intelligence.identities import show

    if user is not None and visitor is not None:
        raise InputError("give --user or --visitor, not both", "visitor")

    async def ask(connection: asyncpg.Connection) -> show.Shown:
        people = await _people(connection, settings, project_)
        if user is not None:
            return await show.show_user(connection, people, user)
        if visitor is not None:
            return await show.show_visitor(connection, people, visitor)
        return await show.show_project(connection, project_)

    _show_identity(settings, ask, json_)


@identity.command("unlink")
@_decision
@click.option("--visitor", required=True)
@click.option("--user", required=True)
@click.option("--restore", is_flag=True, help="take the undoing back")
def identity_unlink(
    settings: Settings,
    project_: str,
    visitor: str,
    user: str,
    restore: bool,
    by: str,
    reason: str | None,
    json_: bool,
) -> None:
    """Undo what links a visitor to a user up to now; what is seen of both later links them again."""
    from gooddata.intelligence.identities import decide, show

    async def act(connection: asyncpg.Connection) -> show.Shown:
        people = await _people(connection, settings, project_)
        decision = decide.restore_link if restore else decide.unlink
        await decision(connection, people, visitor, user, decide.Decider(by, reason))
        return await show.show_visitor(connection, people, visitor)

    _show_identity(settings, act, json_)


@identity.command("merge")
@_decision
@click.option("--user", required=True, help="the user who is somebody else as well")
@click.option("--into", required=True, help="the user that stands for both")
def identity_merge(
    settings: Settings, project_: str, user: str, into: str, by: str, reason: str | None, json_: bool
) -> None:
    """Make two identified users one person."""
    from gooddata.intelligence.identities import decide, show

    async def act(connection: asyncpg.Connection) -> show.Shown:
        people = await _people(connection, settings, project_)
        await decide.merge(connection, people, user, into, decide.Decider(by, reason))
        return await show.show_user(connection, people, into)

    _show_identity(settings, act, json_)


@identity.command("unmerge")
@_decision
@click.option("--user", required=True, help="the user that was merged into another")
def identity_unmerge(settings: Settings, project_: str, user: str, by: str, reason: str | None, json_: bool) -> None:
    """Make a merged user a person of its own again, as before."""
    from gooddata.intelligence.identities import decide, show

    async def act(connection: asyncpg.Connection) -> show.Shown:
        people = await _people(connection, settings, project_)
        await decide.unmerge(connection, people, user, decide.Decider(by, reason))
        return await show.show_user(connection, people, user)

    _show_identity(settings, act, json_)


def _show_identity(settings: Settings, question: Callable[[Any], Coroutine[Any, Any, Any]], json_: bool) -> None:
    from gooddata.intelligence.identities.words import in_words

    shown = run(in_analytics(settings, OPERATORS, question))
    if json_:
        as_json(shown)
    else:
        click.echo(in_words(shown))


async def _people(connection: asyncpg.Connection, settings: Settings, project_id: str) -> Any:
    from gooddata.intelligence.identities.decide import People
    from gooddata.persistence.projects import require_project
    from gooddata.persistence.pseudonym import Pseudonyms

    await require_project(connection, project_id)
    return People(project_id, Pseudonyms(settings.secret_bytes()))
