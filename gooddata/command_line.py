"""What the commands share: flags made from settings, errors in one line, a look into the databases."""

import asyncio
import functools
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import asyncpg
import click
import msgspec
import uvloop

from gooddata import config
from gooddata.config import Settings
from gooddata.errors import ConfigurationError, GoodDataError, InputError
from gooddata.inside import logs

FAILED = 1
UNUSABLE = 2
INTERRUPTED = 130

STARTING_SECONDS = 10.0

# How a process that goes on is seen; those with a port have requests to log, and neighbours to tell of.
SEEN = ("metrics_listen", "log_format")
SEEN_AT_A_PORT = (*SEEN, "metrics_of", "log_requests")

# The roles of those who run a project: who configures it, and who looks at, sends in or erases what people did.
OWNERS = "gooddata_dashboard"
OPERATORS = "gooddata_operator"


class Commands(click.Group):
    """Commands in the order in which a newcomer meets them, errors in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ConfigurationError, InputError) as problem:
            logs.say(str(problem))
            ctx.exit(UNUSABLE)
        except GoodDataError as problem:
            logs.say(str(problem))
            ctx.exit(FAILED)


def with_settings(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command the flags of the settings `names`, and the settings in force as its first argument."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def wrapped(**options: Any) -> None:
            flags = {name: options.pop(name) for name in names}
            loaded = config.load(flags)
            logs.configure(loaded.log_format, _process())
            command(loaded, **options)

        return setting_options(*names)(wrapped)

    return decorate


def _process() -> str:
    """The name of the command that runs, without those below it: retention, of `gooddata retention apply`."""
    context = click.get_current_context()
    while context.parent is not None and context.parent.parent is not None:
        context = context.parent
    return context.info_name or "gooddata"


def setting_options(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command the flags of the settings `names`, each None where it is not used."""
    settings = {name: (kind, default, meaning) for name, kind, default, meaning in config.described()}

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        for name in reversed(names):
            kind, default, meaning = settings[name]
            flag = f"--{name.replace('_', '-')}"
            default_of = "" if default is None else f"; default: {default}"
            text = f"{meaning.help}  [{config.PREFIX}{name.upper()}{default_of}]"
            command = click.option(flag, name, type=click.Path(path_type=Path) if kind is Path else kind, help=text)(
                command
            )
        return command

    return decorate


def as_json(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(msgspec.json.encode(value).decode())


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Runs to the end in the fast event loop; Ctrl-C ends quietly."""
    try:
        return uvloop.run(coroutine)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def located(settings: Settings) -> Settings:
    """The settings, with the databases of the product that runs on the data folder where none are named."""
    from gooddata.up import running

    if settings.raw_dsn and settings.analytics_dsn:
        return settings
    there = running(settings.data)
    if there is None:
        return settings
    return msgspec.structs.replace(settings, raw_dsn=there.raw_dsn, analytics_dsn=there.analytics_dsn)


def running_url(settings: Settings) -> str:
    from gooddata.tls import own_url
    from gooddata.up import running

    there = running(settings.data)
    return there.url if there else own_url(settings)


async def in_analytics(settings: Settings, role: str, question: Callable[[Any], Coroutine[Any, Any, Any]]) -> Any:
    """What `question` answers, on a connection that wears `role`."""
    from gooddata.persistence.pool import open_connection

    _, dsn = located(settings).require_dsns()
    try:
        connection = await open_connection(dsn, role, patience=STARTING_SECONDS)
    except asyncpg.PostgresError as failure:
        raise ConfigurationError(
            f"the analytics database does not answer ({failure}); is gooddata up running?"
        ) from None
    try:
        return await question(connection)
    finally:
        await connection.close()


def stop_requested() -> asyncio.Event:
    """An event of the running loop that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
    return stop
