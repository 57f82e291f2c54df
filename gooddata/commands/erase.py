"""`gooddata erase`: a person taken out of everything that is kept."""

from typing import Any

import click

from gooddata.command_line import as_json, located, run, with_settings
from gooddata.config import Settings
from gooddata.errors import InputError


@click.command()
@with_settings("data")
@click.option("--project", help="the project that knows the person")
@click.option("--visitor", help="this visitor: one browser, by the id that its events carry")
@click.option("--user", help="this user, with all visitors that are theirs")
@click.option("--again", is_flag=True, help="everybody who was erased before: after an old backup was restored")
@click.option("--json", "json_", is_flag=True, help="print the receipt as JSON")
def erase(
    settings: Settings, project: str | None, visitor: str | None, user: str | None, again: bool, json_: bool
) -> None:
    """Erase a person: raw events, rejected ones, sessions, scores, links and their part in every count.

    Nothing of theirs that is dated before the erasure comes back, by a resend, a replay or a restore.
    """
    if again:
        if project or visitor or user:
            raise InputError("--again is about everybody who was erased: it takes nobody's name", "again")
        removed, dead_rows = run(_erase_again(located(settings)))
        _tell_again(removed, json_)
        _warn_of(dead_rows)
        return
    if (visitor is None) == (user is None):
        raise InputError("say who is to be erased, by --visitor or by --user", "visitor")
    if project is None:
        raise InputError("people are known by project; name theirs with --project", "project")
    if not (visitor or user):
        raise InputError("the id of who is to be erased is empty", "visitor" if user is None else "user")
    receipt = run(_erase(located(settings), project, visitor, user))
    _warn_of(receipt.dead_rows)
    if json_:
        as_json(receipt)
        return
    for place, counts in (("raw", receipt.raw), ("analytics", receipt.analytics)):
        told = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items() if count)
        click.echo(f"{place}: {told + ' removed' if told else 'nothing was held'}")
    click.echo(f"what is dated up to {receipt.erased_until:%Y-%m-%d %H:%M:%S} UTC of them is not taken in again")


def _warn_of(dead_rows: str) -> None:
    if dead_rows == "left to autovacuum":
        click.echo(
            "gooddata: what was removed from raw is still on disk, in dead rows, until autovacuum comes by: before "
            "PostgreSQL 17, their owner alone may remove them at once, with: VACUUM raw.batch, raw.rejection",
            err=True,
        )


def _tell_again(removed: dict[str, dict[str, int]], json_: bool) -> None:
    if json_:
        as_json(removed)
        return
    for project, counts in removed.items():
        told = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items() if count)
        click.echo(f"{project}: {told}")
    if not removed:
        click.echo("nobody has been erased yet")


async def _erase_again(settings: Settings) -> Any:
    from gooddata.intelligence.erasure.again import erase_again
    from gooddata.operating import both_databases, kept_tombstones, stream_of

    async with both_databases(settings) as (raw, analytics, pseudonyms), stream_of(settings, raw, analytics) as stream:
        return await erase_again(raw, analytics, pseudonyms, kept_tombstones(settings), stream)


async def _erase(settings: Settings, project: str, visitor: str | None, user: str | None) -> Any:
    from gooddata.operating import erase_person

    return await erase_person(settings, project, visitor=visitor, user=user)
