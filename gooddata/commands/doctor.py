"""`gooddata doctor`: what is configured, what is wrong, what to do."""

import sys
from typing import Any

import click

from gooddata import config
from gooddata.command_line import FAILED, as_json, located, run, setting_options
from gooddata.doctor.finding import Finding, fail
from gooddata.errors import ConfigurationError

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command()
@setting_options("data", "host", "port")
@click.option("--json", "json_", is_flag=True, help="print what was found as JSON")
def doctor(json_: bool, **flags: Any) -> None:
    """Look at settings, databases, clocks, disk, versions and lag, and say what to do.

    The exit status is 1 where something fails, 0 otherwise.
    """
    found = _found(flags)
    failed = sum(each.state == "fail" for each in found)
    warned = sum(each.state == "warn" for each in found)
    if json_:
        as_json({"ok": not failed, "failed": failed, "warned": warned, "checks": found})
    else:
        for each in found:
            click.echo(f"{click.style(f'{each.state:4}', fg=_COLOURS[each.state])}  {each.name}: {each.message}")
            if each.action:
                click.echo(f"      -> {each.action}")
        click.echo(f"{len(found)} looked at: {failed} failed, {warned} to be looked after")
    if failed:
        sys.exit(FAILED)


def _found(flags: dict[str, Any]) -> list[Finding]:
    from gooddata.doctor.examine import examine

    try:
        settings = located(config.load(flags))
    except ConfigurationError as problem:
        return [fail("settings", str(problem), "correct it; docs/settings.md has all settings")]
    found: list[Finding] = run(examine(settings))
    return found
