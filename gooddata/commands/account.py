"""`gooddata account`: who may sign in to the dashboard."""

from typing import Any

import click

from gooddata.command_line import OWNERS, as_json, in_analytics, run, running_url, with_settings
from gooddata.config import Settings


@click.group()
def account() -> None:
    """Make, list and remove the accounts of those who sign in, and let them in by one-time links."""


@account.command()
@with_settings("data")
@click.argument("email")
@click.option("--role", type=click.Choice(["viewer", "analyst", "owner"]), default="viewer", show_default=True)
@click.option("--project", "projects", multiple=True, help="opens this project alone; repeat for more  [default: all]")
@click.option("--json", "json_", is_flag=True)
def create(settings: Settings, email: str, role: str, projects: tuple[str, ...], json_: bool) -> None:
    """Make an account; its one-time link is shown this once and lets its bearer set a password."""
    from gooddata.serving.access import make_link_token
    from gooddata.serving.accounts.accounts import create_account

    async def make(connection: Any) -> str:
        async with connection.transaction():
            made = await create_account(connection, email, role, list(projects) or None)
            return await make_link_token(connection, made)

    _tell(settings, run(in_analytics(settings, OWNERS, make)), json_)


@account.command("list")
@with_settings("data")
@click.option("--json", "json_", is_flag=True)
def list_(settings: Settings, json_: bool) -> None:
    """List the accounts."""
    from gooddata.serving.accounts.accounts import list_accounts

    found = run(in_analytics(settings, OWNERS, list_accounts))
    if json_:
        as_json(found)
        return
    for row in found:
        opens = "all projects" if row["projects"] is None else ", ".join(row["projects"]) or "no project"
        without = "" if row["has_password"] else "  (no password yet)"
        click.echo(f"{row['email']:32} {row['role']:8} {opens}{without}")


@account.command()
@with_settings("data")
@click.argument("email")
@click.option("--json", "json_", is_flag=True)
def link(settings: Settings, email: str, json_: bool) -> None:
    """Print a new one-time link for EMAIL, who may be locked out; it lets its bearer set a password."""
    from gooddata.serving.access import make_link_token
    from gooddata.serving.accounts.accounts import account_of

    async def make(connection: Any) -> str:
        return await make_link_token(connection, await account_of(connection, email))

    _tell(settings, run(in_analytics(settings, OWNERS, make)), json_)


@account.command()
@with_settings("data")
@click.argument("email")
def remove(settings: Settings, email: str) -> None:
    """Remove an account and sign it out everywhere. The last owner stays."""
    from gooddata.serving.accounts.accounts import account_of, remove_account

    async def take(connection: Any) -> None:
        await remove_account(connection, await account_of(connection, email))

    run(in_analytics(settings, OWNERS, take))
    click.echo(f"{email} is removed")


def _tell(settings: Settings, token: str, json_: bool) -> None:
    url = f"{running_url(settings)}/sign-in?token={token}"
    if json_:
        as_json({"link": url})
    else:
        click.echo(url)
