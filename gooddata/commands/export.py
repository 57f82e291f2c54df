"""`gooddata export`: all that is held of one person, or all raw events, as NDJSON or Parquet."""

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, BinaryIO

import asyncpg
import click
import msgspec

from gooddata.command_line import located, run, with_settings
from gooddata.config import Settings
from gooddata.errors import ConfigurationError, InputError


@click.command()
@with_settings("data")
@click.option("--project", help="only this project; needed where a person is named")
@click.option("--visitor", help="all that is held of this visitor: one browser, by the id that its events carry")
@click.option("--user", help="all that is held of this user, with all visitors that are theirs")
@click.option("--since", help="of raw events, only those received since then: ISO 8601, or a span as 2h or 7d")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["ndjson", "parquet"]),
    default="ndjson",
    show_default=True,
    help="parquet: raw events alone, into a file; needs gooddata[parquet]",
)
@click.option("--output", type=click.Path(path_type=Path), help="a file  [default: standard output]")
def export(
    settings: Settings,
    project: str | None,
    visitor: str | None,
    user: str | None,
    since: str | None,
    format_: str,
    output: Path | None,
) -> None:
    """Write all that is held of a person, or else all raw events, one JSON object a line.

    Of a person, each line names the table that its row is in. Raw events alone are lines that
    `gooddata replay --format ndjson` takes.
    """
    from gooddata.persistence.parquet import write_parquet
    from gooddata.persistence.raw_events import Wanted, since_moment

    if format_ == "parquet" and (visitor is not None or user is not None):
        raise InputError("what is held of a person is of several tables: only raw events go into Parquet", "format")
    if format_ == "parquet" and output is None:
        raise InputError("a Parquet file cannot be shown: name it with --output", "output")
    if visitor is not None and user is not None:
        raise InputError("name one person, by --visitor or by --user", "visitor")
    settings = located(settings)
    if visitor is None and user is None:
        lines = _raw_events(settings, Wanted(project=project, since=since_moment(since)))
    elif project is None:
        raise InputError("people are known by project; name theirs with --project", "project")
    else:
        lines = _person(settings, project, visitor, user)
    if output is None:
        count = run(_write(lines, sys.stdout.buffer))
    else:
        # Only the account that asked may read what may be all that there is.
        with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            count = run(write_parquet(lines, file) if format_ == "parquet" else _write(lines, file))
    click.echo(f"{count:,} rows", err=True)


async def _write(lines: AsyncIterator[Any], file: BinaryIO) -> int:
    count = 0
    async for line in lines:
        file.write(msgspec.json.encode(line) + b"\n")
        count += 1
        if count % 10_000 == 0 and sys.stderr.isatty():
            click.echo(f"\r{count:,} rows", nl=False, err=True)
    file.flush()
    return count


async def _person(settings: Settings, project: str, visitor: str | None, user: str | None) -> AsyncIterator[Any]:
    from gooddata.operating import held_of_person

    async for line in held_of_person(settings, project, visitor=visitor, user=user):
        yield line


async def _raw_events(settings: Settings, wanted: Any) -> AsyncIterator[Any]:
    from gooddata.persistence.operator import audit, operating
    from gooddata.persistence.raw_events import all_events

    raw_dsn, _ = settings.require_dsns()
    try:
        async with operating(raw_dsn) as connection:
            since = {} if wanted.since is None else {"since": wanted.since}
            await audit(connection, "export", wanted.project, detail=since)
            async for row in all_events(connection, wanted):
                yield row
    except (OSError, asyncpg.PostgresConnectionError) as failure:
        raise ConfigurationError(f"the raw database went away ({failure})") from None
