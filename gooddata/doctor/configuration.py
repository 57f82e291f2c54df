"""Settings, and what they name."""

import difflib
import importlib.util
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from gooddata import config
from gooddata.config import PREFIX, Settings, wanted_traces
from gooddata.doctor.finding import Finding, fail, ok, warn
from gooddata.errors import ConfigurationError
from gooddata.inside.listener import SOCKET

# Files of the data folder that hold secrets, by the names that they are made under.
SECRET_FILES = ("secret", "metrics-token", "running.json", "tombstones.ndjson")
_ELSEWHERE = ("SETTINGS", "TEST_", "URL")


def configuration(settings: Settings, environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Whether settings are the ones that somebody meant."""
    name = "settings"
    file = environment.get(PREFIX + "SETTINGS")
    if file and not Path(file).is_file():
        yield fail(
            name, f"the settings file {file} is not there, and is passed over", f"make it, or unset {PREFIX}SETTINGS"
        )
    known = {PREFIX + each[0].upper() for each in config.described()}
    unknown = [each for each in environment if each.startswith(PREFIX) and each not in known]
    unknown = [each for each in unknown if not each.removeprefix(PREFIX).startswith(_ELSEWHERE)]
    for each in sorted(unknown):
        near = difflib.get_close_matches(each, known, 1)
        yield warn(
            name, f"{each} is no setting, and is passed over", f"did you mean {near[0]}?" if near else "unset it"
        )
    there = Path(file or "gooddata.toml").is_file()
    yield ok(name, f"read from the environment{' and ' + (file or 'gooddata.toml') if there else ''}")
    yield from _secret(settings)
    yield from _named(settings)


def _secret(settings: Settings) -> Iterator[Finding]:
    name = "secret"
    path = settings.data / "secret"
    if settings.secret:
        yield ok(name, "the key of people's hashes is in the settings")
    elif path.exists():
        yield ok(name, f"the key of people's hashes is in {path}; keep a copy of it elsewhere")
    else:
        yield warn(
            name,
            f"there is no key of people's hashes yet: one is made in {settings.data} at the first start",
            "on several machines, set GOODDATA_SECRET to the same on each before that",
        )
    for each in SECRET_FILES:
        file = settings.data / each
        if file.exists() and file.stat().st_mode & 0o077:
            yield fail(name, f"{file} can be read by other accounts", f"chmod 600 {file}")
    named = os.environ.get(PREFIX + "SETTINGS", "gooddata.toml")
    file = Path(named)
    if (
        file.is_file()
        and file.stat().st_uid == os.getuid()
        and file.stat().st_mode & 0o077
        and _is_open(file.absolute())
    ):
        yield warn(name, f"{file} may hold secrets, and other accounts can read it", f"chmod 600 {file}")


def _is_open(file: Path) -> bool:
    """Whether other accounts come to a file's folder at all."""
    return all(folder.stat().st_mode & 0o011 for folder in file.parents)


def _named(settings: Settings) -> Iterator[Finding]:
    """What settings name that is to be there."""
    if settings.geoip_database is not None:
        name = "country database"
        if importlib.util.find_spec("maxminddb") is None:
            yield fail(
                name,
                "GOODDATA_GEOIP_DATABASE is set, and what reads it is not installed",
                "pip install 'gooddata[geoip]'",
            )
        elif not os.access(settings.geoip_database, os.R_OK):
            yield fail(
                name, f"{settings.geoip_database} cannot be read", "put it there, or unset GOODDATA_GEOIP_DATABASE"
            )
        else:
            yield ok(name, f"{settings.geoip_database}")
    yield from _traces()
    if (
        settings.metrics_listen
        and not settings.metrics_listen.startswith(SOCKET)
        and settings.known_metrics_token() is None
    ):
        yield fail(
            "metrics", "no token of metrics is set and none can be kept in the data folder: they stay closed",
            "set GOODDATA_METRICS_TOKEN",
        )  # fmt: skip


def _traces() -> Iterator[Finding]:
    name = "traces"
    try:
        wanted = wanted_traces()
    except ConfigurationError as problem:
        yield fail(name, str(problem), "set OTEL_TRACES_EXPORTER to one of them")
        return
    if wanted is None:
        return
    module = (
        "opentelemetry.exporter.otlp.proto.grpc" if wanted == "otlp-grpc" else "opentelemetry.exporter.otlp.proto.http"
    )
    try:
        there = importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        there = False
    if there or wanted == "console":
        yield ok(name, f"on, by {wanted}")
    else:
        yield fail(
            name, "OTEL_ variables ask for traces, and what makes them is not installed", "pip install 'gooddata[otel]'"
        )
